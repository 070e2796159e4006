import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'

/** Statistics are renewed after a deletion within these hours. This is called more often, so no deletion is missed. */
const HOURS = 2

/**
 * PostgreSQL keeps some customers' names and phone numbers in its planner's statistics, even when the rows are gone. If
 * somebody was deleted recently, this replaces those statistics.
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
