import { type RawBuilder, sql } from 'kysely'
import type { Field } from '../customers/field.ts'
import { listing } from '../customers/fields-sql.ts'
import type { FileImport } from './file-import.ts'

/** A field's value in `import_row`. A date has two values there, one for each order in which the file may be read. */
export function readField(
  { column, type }: Field,
  { isDayFirst }: Pick<FileImport, 'isDayFirst'>
): RawBuilder<unknown> {
  if (type !== 'date') return sql.ref(`import_row.${column}`)
  return isDayFirst === false ? sql`import_row.month_first` : sql`import_row.day_first`
}

/** All fields' values, each named by its column. */
export function readFields(file: Pick<FileImport, 'isDayFirst'>): RawBuilder<unknown> {
  return listing((field) => sql`${readField(field, file)} as ${sql.ref(field.column)}`)
}
