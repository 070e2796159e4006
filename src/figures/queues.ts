import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Fewer are quickly joined however it is done. */
const MANY = 1_000

/**
 * Tells the planner how many changes wait in a queue, if they are many. Its own statistics may be of the moment when the
 * queue was empty; a pass over 150,000 was seen to compare each with each for minutes.
 */
export async function weigh(em: Em, queue: 'spend_change' | 'product_change'): Promise<void> {
  const table = sql.table(queue)
  const found = await row(
    em,
    sql<{ isMany: boolean }>`select count(*) > ${MANY} as "isMany" from (select from ${table} limit ${MANY + 1}) change`
  )
  if (found?.isMany) await rows(em, sql`analyze ${table}`)
}
