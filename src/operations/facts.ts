import { NO_GROUP } from '../db/fixed.ts'
import { number } from '../groups/sentences.ts'
import type { Operation } from './operation.ts'

/** A row of a result. Rows that are part of the one before say which groups customers came from or went to. */
export interface Fact {
  label: string
  count: string
  isPart: boolean
}

type Bucket = 'created' | 'added' | 'moved' | 'removed' | 'updated' | 'already' | 'refused'

const DONE: Record<Bucket, string> = {
  created: 'Created',
  added: 'Added',
  moved: 'Moved',
  removed: 'Removed',
  updated: 'Already in the group, details updated',
  already: 'Already in the group',
  refused: 'Skipped, just deleted'
}

const UNDONE: Record<Bucket, string> = {
  created: 'Deleted',
  added: 'Added back',
  moved: 'Moved back',
  removed: 'Removed from the list',
  updated: 'Old details restored',
  already: 'Already in the group',
  refused: 'Skipped'
}

/** Labels for an import into the groups that its file names, and for the undo of one. */
const NAMED = { updated: 'Details updated', already: 'No changes' }
const NAMED_UNDONE = { removed: 'Removed from lists' }

/** The counts of a result as rows that add up to everyone asked for. The result's sentence says the same. */
export function factsOf(operation: Operation): Fact[] {
  const { kind, groupId, isList, added, moved } = operation
  const isNamed = groupId === NO_GROUP
  const words = {
    ...(kind === 'undo' ? UNDONE : DONE),
    ...(isNamed && (kind === 'undo' ? NAMED_UNDONE : NAMED)),
    ...(kind === 'remove' && { already: 'No longer in the group' })
  }
  // Customers who were added to a primary group moved there from Default.
  const isMove = kind === 'add' && !isList
  const counts = { ...operation, ...(isMove && { added: 0, moved: added + moved }) }
  const ways = [...operation.groups, ...(isMove && added ? [{ name: 'Default', count: added }] : [])]
  const way = kind === 'undo' ? 'to' : 'from'
  return (Object.keys(words) as Bucket[]).flatMap((bucket) => {
    if (counts[bucket] === 0) return []
    const parts = bucket === 'moved' ? ways.map(({ name, count }) => fact(`${way} ${name}`, count, true)) : []
    return [fact(words[bucket], counts[bucket]), ...parts]
  })
}

function fact(label: string, count: number, isPart = false): Fact {
  return { label, count: number(count), isPart }
}
