import { z } from 'zod'
import { PAGE_SIZE } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'

/** The range of rows on a page, and what follows it. */
export interface PageExtent {
  range: Range
  /** The query string of the next page; null if this is the last. */
  next: string | null
}

/** The start of a page: the row before it and, if known, how many rows were on earlier pages. */
export interface PageStart {
  after: number
  past: number | null
}

export const after = z.coerce.number().int().min(0).max(2_147_483_647).catch(0)
/** How many rows were on earlier pages. */
const past = z.coerce.number().int().min(1).max(2_147_483_647).nullable().catch(null)

/** The fields of a page's address. */
export const placeFields = z.object({ after, past })

export function pageOf<Row extends { number: number }>(
  found: Row[],
  { after, past }: PageStart,
  total: number | null,
  most = PAGE_SIZE
): PageExtent & { shown: Row[] } {
  const rows = found.slice(0, most)
  const before = after === 0 ? 0 : past
  const last = found.length > most ? rows.at(-1) : undefined
  const next = last ? `after=${last.number}${before === null ? '' : `&past=${before + rows.length}`}` : null
  const page = { rows, next, previous: after === 0 ? null : 'before', first: before === null ? null : before + 1 }
  return { shown: rows, next, range: rangeOf(page, total) }
}
