import { z } from 'zod'
import { Refusal } from './errors.ts'
import { id, LARGEST_ID } from './fields.ts'
import type { SortColumn } from './paging.ts'

/** A position in a list: the sort value and id of the row beside it. It stays valid while rows are added or deleted. */
export interface Cursor {
  value: string | null
  id: number
  /** The row's number in the list when it was shown, counted from 1; null if that is not known. */
  position: number | null
}

const VALUES = {
  text: z.string().max(400),
  integer: z.string().regex(/^-?\d{1,9}$/),
  numeric: z.string().regex(/^-?\d{1,18}(\.\d{1,60})?$/),
  date: z.iso.date().refine(isInOurEra),
  timestamptz: z.iso.datetime().refine(isInOurEra)
}

/** PostgreSQL knows no year 0. */
function isInOurEra(value: string): boolean {
  return !value.startsWith('0000')
}

export function encodeCursor(row: { sortValue: string | null; id: number }, position: number | null): string {
  const known = position === null ? [] : [position]
  return Buffer.from(JSON.stringify([row.sortValue, row.id, ...known])).toString('base64url')
}

/** It is optional because addresses that were bookmarked before cursors had positions lack it. */
const position = z.int().min(1).max(LARGEST_ID).optional()

export function decodeCursor(text: string | undefined, { type, nullable }: SortColumn): Cursor | null {
  if (text === undefined) return null
  try {
    const value = nullable ? VALUES[type].nullable() : VALUES[type]
    const [sortValue, rowId, at] = z
      .tuple([value, id, position])
      .parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (sortValue?.includes('\0')) throw new Error('NUL')
    return { value: sortValue, id: rowId, position: at ?? null }
  } catch {
    throw new Refusal(400, 'This page of the list can’t be found. Go back to the first page.')
  }
}
