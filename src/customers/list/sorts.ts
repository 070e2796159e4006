/** The columns that lists of customers can be sorted by, and what a page is found again by. */
import { sql } from 'kysely'
import { COLUMNS } from './columns.ts'

type Columns = typeof COLUMNS

export type SortKey = { [Key in keyof Columns]: Columns[Key] extends { sort: object } ? Key : never }[keyof Columns]

type Sorts = { [Key in SortKey]: Columns[Key]['sort'] }

export const SORTS = Object.fromEntries(
  Object.entries(COLUMNS).flatMap(([key, column]) => ('sort' in column ? [[key, column.sort]] : []))
) as Sorts

/** What a page of a list is continued by: the last customer on it, and the value that the list is sorted by. */
export interface RowKey {
  id: number
  sortValue: string | null
}

/** The value that a list is sorted by as its cursor carries it: text that is cast back without loss, microseconds included. */
export function sortValue(sort: SortKey) {
  const { expression, type } = SORTS[sort]
  return type === 'timestamptz'
    ? sql`to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : sql`(${expression})::text`
}
