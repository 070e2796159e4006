import type { RawBuilder } from 'kysely'
import { type EntryContent, noting, notingOperation } from '../activity/note.ts'
import { DEFAULT_GROUP, NO_GROUP } from '../db/fixed.ts'
import type { Actor } from '../lib/actor.ts'
import { type Buckets, countChanged, type Operation } from './operation.ts'

/** The part of a statement that records in the activity what an operation did; null if it did nothing. */
export function notingDone(operation: Operation, buckets: Buckets): RawBuilder<unknown> | null {
  const { id, kind, groupId, groupName, isList, askedById, askedAt, undoes } = operation
  const actor = { id: askedById, now: new Date(askedAt) }
  const group = groupId === NO_GROUP ? undefined : { id: groupId, name: groupName }
  const customers = countChanged(buckets)
  if (kind === 'delete-group') {
    const details = { counts: { customers }, by: isList ? 'list' : 'primary' }
    return noting('group-deleted', actor, { group, operationId: id, details })
  }
  if (kind === 'undo') {
    const undone = undoes ?? undefined
    const details = { undone, by: operation.undoneKind ?? undefined }
    const isOfOne = operation.undoneKind !== 'delete-group' && customers === 1 && buckets.asked === 1
    if (isOfOne && buckets.someone !== null)
      return notingOneBack(operation, buckets, actor, { group, operationId: id, details, customerId: buckets.someone })
    const counts = { customers, left: buckets.refused, ...(buckets.created > 0 && { created: buckets.created }) }
    return notingOperation(actor, group, { id, operation: 'undo', counts, ...details })
  }
  if (customers === 0) return null
  if (kind !== 'import' && customers === 1) return notingOne(kind, buckets, actor, { group, operationId: id })
  const counts = { customers, moved: buckets.moved, ...(kind === 'import' && { created: buckets.created }) }
  return notingOperation(actor, group, { id, operation: kind, counts })
}

/** Records an operation on a single customer, whom the entry names. */
function notingOne(
  kind: Operation['kind'],
  { someone, groups }: Buckets,
  actor: Actor,
  about: EntryContent
): RawBuilder<unknown> {
  const [from] = groups
  const named = { ...about, ...(someone !== null && { customerId: someone }) }
  if (kind === 'remove') return noting('left', actor, named)
  return noting(from ? 'moved' : 'joined', actor, { ...named, from })
}

/** Records an undo for a single customer, who is back where they were before. */
function notingOneBack(
  { undoneKind, isList }: Operation,
  { groups: [to] }: Buckets,
  actor: Actor,
  about: EntryContent
): RawBuilder<unknown> {
  if (isList) return noting(undoneKind === 'remove' ? 'joined' : 'left', actor, about)
  const from = undoneKind === 'add' ? about.group : { id: DEFAULT_GROUP, name: 'Default' }
  return noting('moved', actor, { ...about, group: to, from })
}
