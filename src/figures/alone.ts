import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'

/**
 * Does work in a transaction that only one process at a time may run; null if another process is running it. The
 * statements of `work` begin after the lock is held, so they see everything that the process before has done.
 */
export async function alone<Result>(
  em: Em,
  what: string,
  work: (inner: Em) => Promise<Result>
): Promise<Result | null> {
  return em.transactional(async (inner) => {
    const lock = await row(inner, sql<{ held: boolean }>`select pg_try_advisory_xact_lock(hashtext(${what})) as held`)
    if (!lock?.held) return null
    await liftDeadlines(inner)
    return work(inner)
  })
}
