import { type RawBuilder, sql } from 'kysely'
import { isHeld } from '../held.ts'
import type { Em } from '../orm.ts'
import { row, rows } from '../rows.ts'
import type { GivenUp } from './given-up.ts'

/** Held by each process that takes jobs, with the name under which the queue knows it. */
export const RUNNER_LOCK = 'job runner'

/** Work that must not be lost with its job: whoever is at it holds `lock` and its number; its job's key is `word` and that. */
export interface Work {
  word: 'operation' | 'import'
  lock: string
}

/** Who has taken a job has begun by then, unless they are gone. */
const GRACE = sql`interval '2 seconds'`

/**
 * Gives back the jobs that were taken by processes that are gone; the queue itself would wait for hours. They keep count of
 * their tries, so that one that takes its process down each time comes to an end too. What is still being done, by a process
 * that only lost its queue, is left to it.
 */
export async function freeJobs(em: Em, works: Work[]): Promise<void> {
  const isAtWork = sql.join(
    works.map(({ word, lock }) => isHeld(lock, sql`substring(key from ${`^${word} (\\d+)$`})::bigint`)),
    sql` or `
  )
  await rows(
    em,
    sql`
    with gone as (
      select locked_by from graphile_worker.jobs
      where locked_by is not null
      group by locked_by
      having max(locked_at) < now() - ${GRACE} and not ${isHeld(RUNNER_LOCK, sql`hashtext(locked_by)`)}
        and not bool_or(${isAtWork})
    )
    select graphile_worker.force_unlock_workers(array_agg(locked_by)), pg_notify('jobs:insert', '{"count":1}')
    from gone having count(*) > 0
  `
  )
}

interface Lost {
  id: number
  /** Null if its job is lost; else it has failed for the last time. */
  givenUp: GivenUp | null
}

/**
 * Does something about those of `ids` that nobody is at and nobody will take up. One process at a time, so that none is taken
 * up twice; in a transaction with the usual deadlines, as one that hangs would hold up all others.
 */
export async function forEachLost(
  em: Em,
  { word, lock }: Work,
  ids: RawBuilder<{ id: number }>,
  mend: (inner: Em, lost: Lost) => Promise<unknown>
): Promise<void> {
  await em.transactional(async (inner) => {
    const alone = await row(
      inner,
      sql<{ is: boolean }>`select pg_try_advisory_xact_lock(hashtext('sweep'), hashtext(${word})) as is`
    )
    if (!alone?.is) return
    const lost = await rows(
      inner,
      sql<Lost>`
      select open.id, case when job.id is not null then
        jsonb_build_object('tries', job.attempts, 'message', job.last_error) end as "givenUp"
      from (${ids}) open left join graphile_worker.jobs job on job.key = ${`${word} `} || open.id
      where (job.id is null or (job.locked_at is null and job.attempts >= job.max_attempts))
        and not ${isHeld(lock, sql`open.id`)}
    `
    )
    for (const one of lost) await mend(inner, one)
  })
}

/** Jobs that have failed for the last time, some time ago: whoever asked has been told, and the log has the reason. */
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
