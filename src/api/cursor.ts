import { z } from 'zod'
import { LARGEST_ID } from '../lib/fields.ts'
import { Problem } from './problem.ts'

const position = z.tuple([z.string(), z.int().min(0).max(Number.MAX_SAFE_INTEGER)])

/** Where the next page of a list begins: after a number, in the list that `list` names. */
export function nextOf(list: string, rows: { id: number }[], limit: number): string | null {
  const last = rows.at(limit - 1)
  return rows.length > limit && last ? Buffer.from(JSON.stringify([list, last.id])).toString('base64url') : null
}

/** The number after which a page begins; `first` without a cursor. */
export function afterOf(list: string, next: string | undefined, first = 0): number {
  if (next === undefined) return first
  try {
    const [of, id] = position.parse(JSON.parse(Buffer.from(next, 'base64url').toString()))
    if (of === list && (id <= LARGEST_ID || list.startsWith('sales'))) return id
  } catch {
    // Said below.
  }
  throw new Problem(400, 'cursor-invalid', 'This next belongs to another list. Begin without it.')
}
