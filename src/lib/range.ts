/** Which rows of its list a page shows, and how many the list has: "26 to 50 of 375". */
import type { Page } from './paging.ts'

/** How many rows a list has. Counting stops at a limit, and `isMore` then says that there are more than `count`. */
export interface RowCount {
  count: number
  isMore: boolean
}

/** Which rows of a list a page shows. A format's range() puts it into words. */
export interface Range {
  /** The position of the first row, counted from 1; null if it is not known. */
  first: number | null
  length: number
  /** How many rows the whole list has; null if nobody has counted them. */
  total: RowCount | null
}

/**
 * Where a page lies in its list of `found` rows. If these were not counted (null), the last page still gives the total
 * away.
 */
export function rangeOf(page: Page<unknown>, found: number | RowCount | null): Range {
  const { next, first } = page
  const { length } = page.rows
  if (found === null) return next || first === null ? { first, length, total: null } : rangeOf(page, first + length - 1)
  const total = typeof found === 'number' ? { count: found, isMore: false } : found
  return { first: firstPositionOf(page, total.isMore ? null : total.count), length, total }
}

/**
 * The position of the first row. It follows from the count on the first and last page; elsewhere it is the page's own,
 * or null if that contradicts the count.
 */
function firstPositionOf({ rows, next, previous, first }: Page<unknown>, count: number | null): number | null {
  if (count === null) return first
  const least = next ? 1 : 0
  const from = next || !previous ? first : count - rows.length + 1
  const isPossible = from !== null && from > 0 && from + rows.length - 1 + least <= count
  return isPossible ? from : null
}
