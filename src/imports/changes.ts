import { sql } from 'kysely'
import { FIELD_LIST, type FieldName } from '../customers/fields.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../lib/paging.ts'
import type { FileImport } from './file-import.ts'
import { readField } from './read-fields.ts'

/** A customer for whom a row of the file has other details than Clientele. */
export interface ChangedCustomer {
  number: number
  customerId: number
  customer: string
  /** The changed fields, in the order of a customer's form. */
  changes: { field: FieldName; old: string | null; new: string }[]
}

/**
 * Lists the differences after a row of the file, comparing with customers as they are now. It returns one row more than
 * a page shows.
 */
export async function listChanges(em: Em, file: FileImport, after: number): Promise<ChangedCustomer[]> {
  const { id } = file
  const values = FIELD_LIST.map(
    (field, place) => sql`(
      ${place}::int, ${field.name}::text, ${sql.ref(`customer.${field.column}`)}::text, nullif(${readField(field, file)}::text, '')
    )`
  )
  return rows(
    em,
    sql<ChangedCustomer>`
    select number, customer.id as "customerId", customer.name as customer, (
      select coalesce(json_agg(json_build_object('field', field, 'old', nullif(old, ''), 'new', new) order by place), '[]')
      from (values ${sql.join(values)}) change (place, field, old, new) where new <> coalesce(old, '')
    ) as changes
    from (
      select import_id, number, customer_id from import_match
      where import_id = ${id} and is_different and bucket in ('add', 'move', 'already') and number > ${after}
      order by number limit ${PAGE_SIZE + 1}
    ) found
    join import_row using (import_id, number)
    join customer on customer.id = found.customer_id
    order by number
  `
  )
}
