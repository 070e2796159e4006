import type { Job, TaskList } from 'graphile-worker'
import { z } from 'zod'
import { giveUp, perform } from '../bulk/perform.ts'
import { forgetOld } from '../bulk/sweep.ts'
import { settlePlaces } from '../customers/places.ts'
import { forgetOldKeys } from '../db/once.ts'
import type { Orm } from '../db/orm.ts'
import { whyGivenUp } from '../db/queue/given-up.ts'
import type { Jobs } from '../db/queue/jobs.ts'
import { forgetFailedJobs } from '../db/queue/sweep.ts'
import { forgetInStatistics } from '../erasure/forget.ts'
import { dayOf } from '../figures/calendar.ts'
import { countDay } from '../figures/days.ts'
import { countBuyers } from '../figures/everyone.ts'
import { forgetShopsRankings } from '../figures/forget.ts'
import { PERIODS, rankPeriod } from '../figures/periods.ts'
import { workOutOverview } from '../figures/work-out-overview.ts'
import { checkImport } from '../imports/check.ts'
import { endImport, forgetRows } from '../imports/keep-import.ts'
import { forgetOldImports } from '../imports/sweep.ts'
import { findRetailer } from '../retailer/queries.ts'

const buyers = z.object({ days: z.literal(PERIODS).nullable(), shopId: z.int().nullable().default(null) })
const ranking = buyers.extend({ groupId: z.int() })
const overview = z.object({ groupId: z.int() })
const operation = z.object({ operationId: z.int() })
const fileImport = z.object({ importId: z.int() })

/** What is done at fixed times, as a crontab. */
export const TIMETABLE = `
7 * * * * count-day
17 * * * * forget-old
`

/** What each kind of job does. A job may be interrupted at any moment and started again. */
export function tasks(orm: Orm, clock: () => Date = () => new Date()): TaskList {
  return {
    'rank-period': async (told) => {
      await rankPeriod(orm.em.fork(), ranking.parse(told), clock())
    },
    'count-buyers': async (told) => {
      await countBuyers(orm.em.fork(), buyers.parse(told), clock())
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
        if (isLast(job)) await giveUp(orm.em.fork(), operationId, whyGivenUp(error), clock())
        throw error
      }
    },
    'check-import': async (told, { job }) => {
      const { importId } = fileImport.parse(told)
      try {
        await checkImport(orm, importId, clock)
      } catch (error) {
        if (isLast(job)) await endImport(orm.em.fork(), importId, whyGivenUp(error), clock())
        throw error
      }
    },
    'forget-import': async (told) => forgetRows(orm.em.fork(), fileImport.parse(told).importId),
    'count-day': async () => {
      const em = orm.em.fork()
      const now = clock()
      const retailer = await findRetailer(em)
      if (retailer) await countDay(em, dayOf(retailer, now).today, now)
    },
    'forget-old': async () => {
      await forgetOld(orm.em.fork(), clock())
      await forgetOldImports(orm.em.fork(), clock())
      await forgetShopsRankings(orm.em.fork(), clock())
      await forgetFailedJobs(orm.em.fork())
      await forgetOldKeys(orm.em.fork(), clock())
      await settlePlaces(orm.em.fork())
      await forgetInStatistics(orm.em.fork(), clock())
    }
  } satisfies Record<keyof Jobs | 'count-day' | 'forget-old', TaskList[string]>
}

/** True if a job has been tried as often as it may be, so that whoever asked for it must be told. */
const isLast = ({ attempts, max_attempts }: Job) => attempts >= max_attempts
