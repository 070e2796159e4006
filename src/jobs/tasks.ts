import type { TaskList } from 'graphile-worker'
import { z } from 'zod'
import type { Orm } from '../db/orm.ts'
import { PERIODS, rankPeriod } from '../figures/periods.ts'
import type { Jobs } from './jobs.ts'

const period = z.object({ groupId: z.int(), days: z.literal(PERIODS) })

/** How each kind of job is done. A job may be cut off at any moment and begun anew. */
export function tasks(orm: Orm, clock: () => Date = () => new Date()): TaskList {
  return {
    'rank-period': async (told) => {
      const { groupId, days } = period.parse(told)
      await rankPeriod(orm.em.fork(), groupId, days, clock())
    }
  } satisfies Record<keyof Jobs, TaskList[string]>
}
