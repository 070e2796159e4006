import { z } from 'zod'
import { Refusal } from './errors.ts'
import { id } from './fields.ts'
import type { SortColumn } from './paging.ts'

/** A place between two rows of a list: the value and id of the row beside it. It holds while other rows come and go. */
export interface Cursor {
  value: string | null
  id: number
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

export function encodeCursor({ sortValue, id }: { sortValue: string | null; id: number }): string {
  return Buffer.from(JSON.stringify([sortValue, id])).toString('base64url')
}

export function decodeCursor(text: string | undefined, { type, nullable }: SortColumn): Cursor | null {
  if (text === undefined) return null
  try {
    const value = nullable ? VALUES[type].nullable() : VALUES[type]
    const [sortValue, rowId] = z.tuple([value, id]).parse(JSON.parse(Buffer.from(text, 'base64url').toString()))
    if (sortValue?.includes('\0')) throw new Error('NUL')
    return { value: sortValue, id: rowId }
  } catch {
    throw new Refusal(400, 'This page of the list can’t be found. Go back to its first page.')
  }
}
