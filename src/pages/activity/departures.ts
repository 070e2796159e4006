import type { Operation } from '../../activity/note.ts'
import type { Entry } from '../../activity/queries.ts'
import type { Format } from '../../lib/format.ts'
import { type Part, say } from './parts.ts'
import type { Names } from './sentence.ts'

/** The sentence about a bulk operation in the activity of a group that customers left by it. */
export function departureSentence({ by, from, group }: Names, { groupId, details, taken }: Entry, f: Format): Part[] {
  const people = f.count(taken ?? 0, 'customer')
  const operation: Operation = details.operation ?? 'add'
  if (operation === 'undo') return say`${by} moved ${people} back to ${from}`
  const to = groupId === null ? 'other groups' : group
  return say`${by} moved ${people} from ${from} to ${to}${operation === 'import' ? ' in an import' : ''}`
}
