import { type RawBuilder, sql } from 'kysely'
import { z } from 'zod'
import { type Cursor, decodeCursor, encodeCursor } from './cursor.ts'

export const PAGE_SIZE = 25

export type Direction = 'asc' | 'desc'

/** A column that a list can be sorted by. Rows without a value come last, whichever way it is sorted. */
export interface SortColumn {
  /** As it is compared and ordered in SQL. */
  expression: RawBuilder<unknown>
  /** The type its value in a cursor is cast back to. */
  type: 'text' | 'integer' | 'numeric' | 'date' | 'timestamptz'
  /** The way it is sorted when it is first chosen: numbers begin with the largest. */
  first: Direction
  nullable?: boolean
  /** For what is stored the other way round than it is shown, as an age is by the birth date. */
  isInverted?: boolean
}

/** The page of a list that is asked for, by key and not by number; `after` and `before` are what a page's links carry. */
export interface Place {
  after?: string
  before?: string
  /** All rows are to be counted, however long it takes. */
  count?: 'all'
}

/** Rows that lie side by side in one index, in the order of the list: those with a value, or those without. */
export interface Slice {
  hasValues: boolean
  where: RawBuilder<boolean>
  orderBy: RawBuilder<unknown>
}

export interface Paging {
  /** True for the rows of the page and beyond; a condition for WHERE. */
  where: RawBuilder<boolean>
  orderBy: RawBuilder<unknown>
  /** The same rows, where an index is to be walked: first these, then those. An OR of the two would read them all. */
  slices: Slice[]
  cursor: Cursor | null
  isDescending: boolean
  /** One row more than a page holds tells whether there is another. */
  limit: number
  isBackwards: boolean
  isFirst: boolean
}

export function paging(column: SortColumn, direction: Direction, idColumn: RawBuilder<number>, place: Place): Paging {
  const cursor = decodeCursor(place.after ?? place.before, column)
  const isBackwards = place.after === undefined && place.before !== undefined
  const isDescending = ((direction === 'desc') !== isBackwards) !== (column.isInverted ?? false)
  const way = isDescending ? sql`desc` : sql`asc`
  const nulls = isBackwards ? sql`nulls first` : sql`nulls last`
  return {
    where: cursor ? beyond(column, idColumn, cursor, isDescending, isBackwards) : sql<boolean>`true`,
    orderBy: sql`${column.expression} ${way} ${column.nullable ? nulls : sql``}, ${idColumn} ${way}`,
    slices: slicesOf(column, idColumn, cursor, isDescending, isBackwards),
    cursor,
    isDescending,
    limit: PAGE_SIZE + 1,
    isBackwards,
    isFirst: !cursor
  }
}

function beyond(
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
  /** Cursors of the pages beside this one; null where there is none. */
  next: string | null
  previous: string | null
  /** The how manieth its first row is, give or take those that came or went since its neighbour was shown; null if that is not known. */
  first: number | null
}

/** Cuts the extra row off, turns a page read backwards around, and says which neighbours it has. */
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
  const at = hasPrevious ? positionBeside(cursor, isBackwards ? -rows.length : 1) : 1
  return {
    rows,
    next: last && hasNext ? encodeCursor(last, at && at + rows.length - 1) : null,
    previous: first && hasPrevious ? encodeCursor(first, at) : null,
    first: at
  }
}

function positionBeside(cursor: Cursor | null, step: number): number | null {
  const at = cursor?.position ? cursor.position + step : 0
  // There are rows before it, so it is no first one.
  return at > 1 ? at : null
}

/** All rows beyond a page's cursor are gone by now; its first page is the way back. */
export function isPastTheEnd({ rows }: Pick<Page<unknown>, 'rows'>, { after, before }: Place): boolean {
  return rows.length === 0 && (after ?? before) !== undefined
}

/** A place as an address says it. */
export const placeSchema = z.object({
  after: z.string().max(1000).optional(),
  before: z.string().max(1000).optional()
})

/** How many rows a list has; of very many only that they are more, until somebody wants to know. */
export interface Found {
  count: number
  isMore: boolean
}

/** Which rows of a list a page holds; in words they are by a retailer's format. */
export interface Range {
  /** The how manieth its first row is; null if that is not known. */
  first: number | null
  length: number
  /** Of how many; null where nobody has counted them. */
  total: Found | null
}

/** The place of a page among so many. Of how many, the last page knows also where nobody has counted them (null). */
export function rangeOf(page: Page<unknown>, found: number | Found | null): Range {
  const { next, first } = page
  const { length } = page.rows
  if (found === null) return next || first === null ? { first, length, total: null } : rangeOf(page, first + length - 1)
  const total = typeof found === 'number' ? { count: found, isMore: false } : found
  return { first: likelyFirst(page, total.isMore ? null : total.count), length, total }
}

/** As the page's ends say, if it is at one; else as it was reckoned, if so many leave room for that. */
function likelyFirst({ rows, next, previous, first }: Page<unknown>, count: number | null): number | null {
  if (count === null) return first
  const least = next ? 1 : 0
  const from = next || !previous ? first : count - rows.length + 1
  const isPossible = from !== null && from > 0 && from + rows.length - 1 + least <= count
  return isPossible ? from : null
}
