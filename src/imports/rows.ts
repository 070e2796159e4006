import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../lib/paging.ts'
import type { Bucket } from './plan.ts'

/** A row of a file as the list of a bucket shows it. */
export interface ImportedRow {
  number: number
  name: string
  phone: string | null
  email: string | null
  passedOver: 'empty' | 'template' | 'sample' | null
  customerId: number | null
  customer: string | null
  from: string | null
  /** A sentence that says what of the row is not stored; null if all of it is. */
  note: string | null
}

/**
 * The rows that a list shows: those of a bucket, those already there that get new details (`update`), or those of which
 * something is not stored (`noted`).
 */
export type RowFilter = Exclude<Bucket, 'wrong' | 'stranger'> | 'update' | 'noted'

/** Lists the rows after a row of the file. It returns one row more than a page shows. */
export async function listRows(em: Em, importId: number, which: RowFilter, after: number): Promise<ImportedRow[]> {
  const isSought = {
    update: sql`bucket = 'already' and is_different`,
    noted: sql`number in (
      select number from import_row where import_id = ${importId} and note is not null and wrong is null
    )`
  }
  const chosen = which === 'update' || which === 'noted' ? isSought[which] : sql`bucket = ${which}`
  return rows(
    em,
    sql<ImportedRow>`
    select number, btrim(coalesce(entered.first_name, '') || ' ' || coalesce(entered.last_name, '')) as name, entered.phone,
      entered.email, passed_over as "passedOver", note, customer.id as "customerId", customer.name as customer, former.name as from
    from (
      select * from import_match
      where import_id = ${importId} and ${chosen} and number > ${after}
      order by number limit ${PAGE_SIZE + 1}
    ) found
    join import_row entered using (import_id, number)
    left join customer on customer.id = found.customer_id
    left join customer_group former on former.id = found.from_group_id
    order by number
  `
  )
}
