import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { RowError } from './reading/row.ts'

/** A row that can't be imported as it is, and why. */
export interface WrongRow {
  number: number
  /** The cells as the file has them. */
  cells: string[]
  wrong: RowError[]
  /** The customers that the row names, if they are what is wrong. */
  customers: { id: number; name: string }[]
}

/**
 * Stores wrong rows, all or those chosen, for 30 days: rows that can't be read, and the rows of the table `refused`
 * (see match.ts).
 */
export async function keepErrors(em: Em, importId: number, which = sql<boolean>`true`): Promise<void> {
  const id = sql.lit(importId)
  await rows(em, sql`delete from import_error where import_id = ${id} and ${which}`)
  // The rows are locked. A deletion that empties one has either been committed and is seen here, or waits and then
  // finds what was stored here.
  await rows(
    em,
    sql`
    insert into import_error (import_id, number, cells, wrong, customer_ids, phone, email)
    select ${id}, number, cells, wrong, '{}', phone, email from import_row join import_match using (import_id, number)
    where import_id = ${id} and bucket = 'wrong' and wrong is not null and ${which} for share of import_row
  `
  )
  await rows(
    em,
    sql`
    insert into import_error (import_id, number, cells, wrong, customer_ids, phone, email)
    select ${id}, refused.number, cells, refused.wrong, customer_ids, phone, email
    from (select * from refused where ${which}) refused join import_row on import_id = ${id} and import_row.number = refused.number
    where import_row.wrong is null for share of import_row
  `
  )
}

/** Lists a page of the wrong rows, in the order of the file. */
export async function listErrors(em: Em, importId: number, after: number, limit: number): Promise<WrongRow[]> {
  return rows(
    em,
    sql<WrongRow>`
    select number, cells, wrong,
      (select coalesce(json_agg(json_build_object('id', id, 'name', name)), '[]') from customer where id = any(customer_ids)) as customers
    from import_error where import_id = ${importId} and number > ${after} order by number limit ${limit}
  `
  )
}

/** The number of cells in the longest wrong row. */
export async function widestError(em: Em, importId: number): Promise<number> {
  const found = await row(
    em,
    sql<{ cells: number }>`
    select coalesce(max(json_array_length(cells)), 0) as cells from import_error where import_id = ${importId}
  `
  )
  return found?.cells ?? 0
}

const BATCH = 1_000

/** Yields all wrong rows while they are being read from the database. */
export async function* allErrors(em: Em, importId: number): AsyncGenerator<WrongRow> {
  for (let after = 0; ; ) {
    const found = await listErrors(em, importId, after, BATCH)
    yield* found
    const last = found.at(-1)
    if (!last || found.length < BATCH) return
    after = last.number
  }
}
