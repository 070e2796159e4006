import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { takeTime } from '../db/patience.ts'
import { row } from '../db/rows.ts'

/**
 * Runs in a transaction, alone among all processes; null if another one is at it already. A statement of `work` begins
 * after the lock is held, so it sees whatever the one before has done.
 */
export async function alone<Result>(
  em: Em,
  what: string,
  work: (inner: Em) => Promise<Result>
): Promise<Result | null> {
  return em.transactional(async (inner) => {
    const lock = await row(inner, sql<{ held: boolean }>`select pg_try_advisory_xact_lock(hashtext(${what})) as held`)
    if (!lock?.held) return null
    // A pass over a million changes may take longer than a page may; sorting them in memory is quicker.
    await takeTime(inner)
    return work(inner)
  })
}
