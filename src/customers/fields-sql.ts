/** The fields of a customer as SQL lists them. */
import { type RawBuilder, sql } from 'kysely'
import { FIELD_LIST, type NamedField } from './fields.ts'

/** Something of each field, with commas between. */
export function listing(make: (field: NamedField) => RawBuilder<unknown>): RawBuilder<unknown> {
  return sql.join(FIELD_LIST.map(make))
}

/** first_name, last_name, ...; of a table, or of the only one. */
export function fieldColumns(table?: string): RawBuilder<unknown> {
  return listing(({ column }) => sql.ref(table ? `${table}.${column}` : column))
}

/** customer.first_name as "firstName", ... */
export const NAMED_FIELDS = sql.join(
  FIELD_LIST.map(({ name, column }) => sql`${sql.ref(`customer.${column}`)} as ${sql.ref(name)}`)
)
