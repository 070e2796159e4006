import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { takeTime } from '../db/take-time.ts'

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
    await takeTime(inner)
    return work(inner)
  })
}
