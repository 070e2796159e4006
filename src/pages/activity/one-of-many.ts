import type { Operation } from '../../activity/note.ts'
import type { Entry } from '../../activity/queries.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Format } from '../../lib/format.ts'
import { type Part, say } from './parts.ts'
import type { Names, Sentence } from './sentence.ts'

/**
 * The sentences about a bulk operation on the page of one of its customers: where they came from and where they went.
 */
export const ONE_OF_MANY: Record<Operation, Sentence> = {
  add: (names, entry, f) => say`${names.by} ${joined(names, entry)}${others(entry, f)}`,
  remove: ({ by, customer, group }, entry, f) => say`${by} removed ${customer} from ${group}${others(entry, f)}`,
  import: (names, entry, f) =>
    say`${names.by} ${entry.groupId === null ? imported(names, entry) : say`${joined(names, entry)} in an import`}${others(entry, f)}`,
  'delete-group': ({ by, customer, group }, { details }) =>
    details.by === 'list'
      ? say`${by} deleted ${group}, which ${customer} was in`
      : say`${by} deleted ${group} and moved ${customer} to Default`,
  undo: (names, entry, f) => say`${names.by} ${back(names, entry)}${others(entry, f)}`
}

const isMoved = ({ fromGroupId }: Entry) => fromGroupId !== null && fromGroupId !== DEFAULT_GROUP

function joined({ customer, group, from }: Names, entry: Entry): Part[] {
  return isMoved(entry) ? say`moved ${customer} from ${from} to ${group}` : say`added ${customer} to ${group}`
}

/** The words for an import into the groups that its file names. */
function imported({ customer, from }: Names, entry: Entry): Part[] {
  return isMoved(entry) ? say`moved ${customer} from ${from} to another group in an import` : say`imported ${customer}`
}

/** The words for an undo, where `from` is the primary group that the customer is back in. */
function back({ customer, group, from }: Names, { groupId, fromGroupId, details: { by, undone } }: Entry): Part[] {
  if (by === 'delete-group') return say`restored ${group} with ${customer} in it`
  if (fromGroupId !== null) return say`moved ${customer} back to ${from}`
  if (by === 'remove') return say`added ${customer} back to ${group}`
  if (by === 'add') return say`undid adding ${customer} to ${group}`
  if (by === 'import' && groupId === null) return say`undid the import of ${customer}`
  return by === 'import'
    ? say`undid the import of ${customer} into ${group}`
    : say`undid bulk change ${`${undone}`} for ${customer}`
}

function others({ details }: Entry, f: Format): string {
  const count = (details.counts?.customers ?? 0) - 1
  return count > 0 ? `, with ${f.count(count, 'other customer')}` : ''
}
