import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../web/paging.ts'
import type { Bucket } from './plan.ts'

/** A row of a file as a bucket lists it. */
export interface ImportedRow {
  number: number
  name: string
  phone: string | null
  email: string | null
  passedOver: 'empty' | 'template' | 'sample' | null
  customerId: number | null
  customer: string | null
  from: string | null
}

/** Which rows: those of one bucket, or those that came out otherwise than planned. */
export type Which = Exclude<Bucket, 'wrong' | 'stranger'> | 'update'

/** The rows of a bucket that follow a row of the file, one more than a page has. */
export async function listRows(em: Em, importId: number, which: Which, after: number): Promise<ImportedRow[]> {
  const bucket = which === 'update' ? 'already' : which
  const isDifferent = which === 'update' ? sql`and is_different` : sql``
  return rows(
    em,
    sql<ImportedRow>`
    select number, btrim(coalesce(entered.first_name, '') || ' ' || coalesce(entered.last_name, '')) as name, entered.phone,
      entered.email, passed_over as "passedOver", customer.id as "customerId", customer.name as customer, former.name as from
    from (
      select * from import_match
      where import_id = ${importId} and bucket = ${bucket} and number > ${after} ${isDifferent}
      order by number limit ${PAGE_SIZE + 1}
    ) found
    join import_row entered using (import_id, number)
    left join customer on customer.id = found.customer_id
    left join customer_group former on former.id = found.from_group_id
    order by number
  `
  )
}
