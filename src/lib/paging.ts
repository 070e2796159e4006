import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'

export const PAGE_SIZE = 25

export type Direction = 'asc' | 'desc'

/** A column that a list can be sorted by. Rows without a value come last in both directions. */
export interface SortColumn {
  /** The SQL expression that rows are compared and ordered by. */
  expression: RawBuilder<unknown>
  /** The SQL type that the column's value in a cursor is cast to. */
  type: 'text' | 'integer' | 'numeric' | 'date' | 'timestamptz'
  /** The direction when the column is first chosen: numbers begin with the largest. */
  first: Direction
  nullable?: boolean
  /** True if the stored values run against the shown ones: the older a customer, the earlier the birth date. */
  isInverted?: boolean
}

/**
 * Which page of a list is asked for: the one after, or before, a cursor. Links to neighbouring pages carry one of the
 * two.
 */
export interface PageRequest {
  after?: string
  before?: string
  /** All rows are to be counted, however long it takes. */
  count?: 'all'
}

/** Rows that lie side by side in one index, in the order of the list: either those with a value or those without. */
export interface Slice {
  hasValues: boolean
  where: RawBuilder<boolean>
  orderBy: RawBuilder<unknown>
}

export interface Paging {
  /** A condition for WHERE that is true for the rows of this page and of all pages beyond it. */
  where: RawBuilder<boolean>
  orderBy: RawBuilder<unknown>
  /**
   * The same rows as `where`, for reading along an index: one slice after the other. A single query with OR would read
   * the whole table.
   */
  slices: Slice[]
  cursor: Cursor | null
  isDescending: boolean
  /** One row more than a page holds, which tells whether there is another page. */
  limit: number
  isBackwards: boolean
  isFirst: boolean
}

export function paging(
  column: SortColumn,
  direction: Direction,
  idColumn: RawBuilder<number>,
  place: PageRequest
): Paging {
  const cursor = decodeCursor(place.after ?? place.before, column)
  const isBackwards = place.after === undefined && place.before !== undefined
  const isDescending = ((direction === 'desc') !== isBackwards) !== (column.isInverted ?? false)
  const way = isDescending ? sql`desc` : sql`asc`
  const nulls = isBackwards ? sql`nulls first` : sql`nulls last`
  return {
    where: cursor ? whereBeyond(column, idColumn, cursor, isDescending, isBackwards) : sql<boolean>`true`,
    orderBy: sql`${column.expression} ${way} ${column.nullable ? nulls : sql``}, ${idColumn} ${way}`,
    slices: slicesOf(column, idColumn, cursor, isDescending, isBackwards),
    cursor,
    isDescending,
    limit: PAGE_SIZE + 1,
    isBackwards,
    isFirst: !cursor
  }
}

function whereBeyond(
  { expression, type, nullable }: SortColumn,
  idColumn: RawBuilder<number>,
  cursor: Cursor,
  isDescending: boolean,
  isBackwards: boolean
): RawBuilder<boolean> {
  const further = isDescending ? sql`<` : sql`>`
  const pastId = sql<boolean>`${idColumn} ${further} ${cursor.id}`
  if (cursor.value === null) {
    const among = sql<boolean>`(${expression} is null and ${pastId})`
    return isBackwards ? sql<boolean>`(${expression} is not null or ${among})` : among
  }
  const value = sql`${cursor.value}::${sql.raw(type)}`
  const past = sql<boolean>`(${expression}, ${idColumn}) ${further} (${value}, ${cursor.id})`
  return nullable && !isBackwards ? sql<boolean>`(${past} or ${expression} is null)` : past
}

function slicesOf(
  { expression, type, nullable }: SortColumn,
  idColumn: RawBuilder<number>,
  cursor: Cursor | null,
  isDescending: boolean,
  isBackwards: boolean
): Slice[] {
  const further = isDescending ? sql`<` : sql`>`
  const way = isDescending ? sql`desc` : sql`asc`
  const orderBy = sql`${expression} ${way}, ${idColumn} ${way}`
  const past = (key: RawBuilder<unknown>, value: RawBuilder<unknown>) => sql<boolean>`${key} ${further} ${value}`
  const valued = nullable ? sql<boolean>`${expression} is not null` : sql<boolean>`true`
  const none = sql<boolean>`${expression} is null`
  const isAmongMissing = cursor !== null && cursor.value === null
  const values =
    cursor && !isAmongMissing
      ? past(sql`(${expression}, ${idColumn})`, sql`(${cursor.value}::${sql.raw(type)}, ${cursor.id})`)
      : valued
  const missing = isAmongMissing ? sql<boolean>`${none} and ${past(idColumn, sql`${cursor.id}`)}` : none
  const slices = [
    ...(isAmongMissing && !isBackwards ? [] : [{ hasValues: true, where: values, orderBy }]),
    ...(!nullable || (isBackwards && cursor && !isAmongMissing) ? [] : [{ hasValues: false, where: missing, orderBy }])
  ]
  return isBackwards ? slices.reverse() : slices
}

export interface Page<Row> {
  rows: Row[]
  /** Cursors of the neighbouring pages; null where there is none. */
  next: string | null
  previous: string | null
  /**
   * The position of the first row, counted from 1; null if it is not known. It may be off by the rows that came or went
   * since the neighbouring page was shown.
   */
  first: number | null
}

/**
 * Makes a page of the rows found: drops the extra row, reverses a page that was read backwards, and adds cursors of its
 * neighbours.
 */
export function toPage<Row extends { id: number; sortValue: string | null }>(
  found: Row[],
  { isBackwards, isFirst, limit, cursor }: Paging
): Page<Row> {
  const hasMore = found.length === limit
  const rows = hasMore ? found.slice(0, -1) : found
  if (isBackwards) rows.reverse()
  const first = rows[0]
  const last = rows.at(-1)
  const hasNext = isBackwards || hasMore
  const hasPrevious = isBackwards ? hasMore : !isFirst
  const at = hasPrevious ? neighbourPosition(cursor, isBackwards ? -rows.length : 1) : 1
  return {
    rows,
    next: last && hasNext ? encodeCursor(last, at && at + rows.length - 1) : null,
    previous: first && hasPrevious ? encodeCursor(first, at) : null,
    first: at
  }
}

function neighbourPosition(cursor: Cursor | null, step: number): number | null {
  const at = cursor?.position ? cursor.position + step : 0
  // A page with a previous one can't begin at position 1.
  return at > 1 ? at : null
}

/** All rows beyond a page's cursor are gone by now; its first page is the way back. */
export function isPastTheEnd({ rows }: Pick<Page<unknown>, 'rows'>, { after, before }: PageRequest): boolean {
  return rows.length === 0 && (after ?? before) !== undefined
}

/** A place as an address says it. */
export const placeSchema = z.object({
  after: z.string().max(1000).optional(),
  before: z.string().max(1000).optional()
})
