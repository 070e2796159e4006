import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Up to this many changes are joined quickly under any plan. */
const MANY = 1_000

/**
 * Updates the planner's statistics of a queue that holds many changes. They may date from when the queue was empty: a
 * pass over 150,000 changes then compared each with each for minutes.
 */
export async function refreshStatistics(em: Em, queue: 'spend_change' | 'product_change'): Promise<void> {
  const table = sql.table(queue)
  const found = await row(
    em,
    sql<{ isMany: boolean }>`select count(*) > ${MANY} as "isMany" from (select from ${table} limit ${MANY + 1}) change`
  )
  if (found?.isMany) await rows(em, sql`analyze ${table}`)
}
