import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** More often than it is called. */
const HOURS = 2

/**
 * PostgreSQL keeps some names and phones of customers for its planner, and goes on with them when their rows are gone: if
 * somebody was deleted of late, they are gathered anew.
 */
export async function forgetInStatistics(em: Em, now: Date): Promise<void> {
  const deleted = await row(
    em,
    sql`
    select from activity where kind = 'customer-deleted' and at > ${now}::timestamptz - make_interval(hours => ${HOURS}) limit 1
  `
  )
  if (deleted) await rows(em, sql`analyze customer`)
}
