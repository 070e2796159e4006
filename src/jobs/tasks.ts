import type { TaskList } from 'graphile-worker'
import { z } from 'zod'
import type { Orm } from '../db/orm.ts'
import { dayOf } from '../figures/calendar.ts'
import { countDay } from '../figures/days.ts'
import { countBuyers } from '../figures/everyone.ts'
import { PERIODS, rankPeriod } from '../figures/periods.ts'
import { workOutOverview } from '../figures/work-out-overview.ts'
import { giveUp, perform } from '../operations/perform.ts'
import { forgetOld } from '../operations/sweep.ts'
import { findRetailer } from '../retailer/queries.ts'
import type { Jobs } from './jobs.ts'

const period = z.object({ groupId: z.int(), days: z.literal(PERIODS) })
const buyers = z.object({ days: z.literal(PERIODS) })
const overview = z.object({ groupId: z.int() })
const operation = z.object({ operationId: z.int() })

/** What the clock asks for, as a crontab says it. */
export const TIMETABLE = `
7 * * * * count-day
17 * * * * forget-old
`

/** How each kind of job is done. A job may be cut off at any moment and begun anew. */
export function tasks(orm: Orm, clock: () => Date = () => new Date()): TaskList {
  return {
    'rank-period': async (told) => {
      const { groupId, days } = period.parse(told)
      await rankPeriod(orm.em.fork(), groupId, days, clock())
    },
    'count-buyers': async (told) => {
      const { days } = buyers.parse(told)
      await countBuyers(orm.em.fork(), days, clock())
    },
    overview: async (told) => {
      const { groupId } = overview.parse(told)
      await workOutOverview(orm.em.fork(), groupId, clock())
    },
    operation: async (told, { job }) => {
      const { operationId } = operation.parse(told)
      try {
        await perform(orm, operationId, clock)
      } catch (error) {
        const isLast = job.attempts >= job.max_attempts
        if (isLast)
          await giveUp(orm.em.fork(), operationId, 'Something went wrong on our side, so nothing was changed.', clock())
        throw error
      }
    },
    'count-day': async () => {
      const em = orm.em.fork()
      const now = clock()
      const retailer = await findRetailer(em)
      if (retailer) await countDay(em, dayOf(retailer, now).today, now)
    },
    'forget-old': async () => forgetOld(orm.em.fork(), clock())
  } satisfies Record<keyof Jobs | 'count-day' | 'forget-old', TaskList[string]>
}
