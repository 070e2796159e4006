import { type RawBuilder, sql } from 'kysely'
import { isLockHeld } from '../held.ts'
import type { Em } from '../orm.ts'
import { row, rows } from '../rows.ts'
import type { FailedJob } from './given-up.ts'

/**
 * The name of the lock that each process which takes jobs holds, together with the name by which the queue knows it.
 */
export const RUNNER_LOCK = 'job runner'

/**
 * Work that must be finished even if its job is lost. The process that does it holds `lock` with the number of the
 * work; the key of its job is `word` and that number.
 */
export interface Work {
  word: 'operation' | 'import'
  lock: string
}

/** A process that takes a job locks the work within this time, unless it has died. */
const GRACE = sql`interval '2 seconds'`

/**
 * Returns jobs to the queue whose process has died; the queue itself would wait for hours. Their attempts still count,
 * so that a job that kills its process each time is given up in the end. Work that is still being done, by a process
 * that only lost its connection to the queue, is left alone.
 */
export async function freeJobs(em: Em, works: Work[]): Promise<void> {
  const isAtWork = sql.join(
    works.map(({ word, lock }) => isLockHeld(lock, sql`substring(key from ${`^${word} (\\d+)$`})::bigint`)),
    sql` or `
  )
  await rows(
    em,
    sql`
    with gone as (
      select locked_by from graphile_worker.jobs
      where locked_by is not null
      group by locked_by
      having max(locked_at) < now() - ${GRACE} and not ${isLockHeld(RUNNER_LOCK, sql`hashtext(locked_by)`)}
        and not bool_or(${isAtWork})
    )
    select graphile_worker.force_unlock_workers(array_agg(locked_by)), pg_notify('jobs:insert', '{"count":1}')
    from gone having count(*) > 0
  `
  )
}

interface LostWork {
  id: number
  /** Why its job failed for the last time; null if the job has vanished. */
  givenUp: FailedJob | null
}

/**
 * Calls `mend` for each of `ids` whose work is neither under way nor in the queue. Only one process does so at a time,
 * so that no work is taken up twice. It is a transaction with the usual deadlines, because one that hangs would stop
 * all other processes.
 */
export async function forEachLost(
  em: Em,
  { word, lock }: Work,
  ids: RawBuilder<{ id: number }>,
  mend: (inner: Em, lost: LostWork) => Promise<unknown>
): Promise<void> {
  await em.transactional(async (inner) => {
    const alone = await row(
      inner,
      sql<{ is: boolean }>`select pg_try_advisory_xact_lock(hashtext('sweep'), hashtext(${word})) as is`
    )
    if (!alone?.is) return
    const lost = await rows(
      inner,
      sql<LostWork>`
      select open.id, case when job.id is not null then
        jsonb_build_object('tries', job.attempts, 'message', job.last_error) end as "givenUp"
      from (${ids}) open left join graphile_worker.jobs job on job.key = ${`${word} `} || open.id
      where (job.id is null or (job.locked_at is null and job.attempts >= job.max_attempts))
        and not ${isLockHeld(lock, sql`open.id`)}
    `
    )
    for (const one of lost) await mend(inner, one)
  })
}

/**
 * Deletes jobs that failed for the last time more than an hour ago. Whoever asked has been told, and the log has the
 * reason.
 */
export async function forgetFailedJobs(em: Em): Promise<void> {
  await rows(
    em,
    sql`
    select graphile_worker.complete_jobs(array(
      select id from graphile_worker.jobs
      where attempts >= max_attempts and locked_at is null and run_at < now() - interval '1 hour'
    ))
  `
  )
}
