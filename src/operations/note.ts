import { type About, type Doer, note, noteOperation } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { type Buckets, changed, type Operation } from './operation.ts'

/** Writes what an operation did into the activity, in its own transaction. Nothing done is nothing to write. */
export async function noteDone(em: Em, operation: Operation, buckets: Buckets): Promise<void> {
  const { id, kind, groupId, groupName, isList, askedById, askedAt, undoes } = operation
  const actor = { id: askedById, now: new Date(askedAt) }
  const group = { id: groupId, name: groupName }
  const customers = changed(buckets)
  if (kind === 'delete-group') {
    const details = { counts: { customers }, by: isList ? 'list' : 'primary' }
    return note(em, 'group-deleted', actor, { group, operationId: id, details })
  }
  if (kind === 'undo') {
    const counts = { customers, left: buckets.refused }
    return noteOperation(em, actor, group, { id, operation: 'undo', counts, undone: undoes ?? undefined })
  }
  if (kind !== 'import' && customers === 1) return noteOne(em, kind, buckets, actor, { group, operationId: id })
  if (customers > 0)
    await noteOperation(em, actor, group, {
      id,
      operation: kind,
      counts: { customers, moved: buckets.moved, ...(kind === 'import' && { created: buckets.created }) }
    })
}

/** One customer is named. */
async function noteOne(
  em: Em,
  kind: Operation['kind'],
  { someone, groups }: Buckets,
  actor: Doer,
  about: About
): Promise<void> {
  const [from] = groups
  const named = { ...about, ...(someone !== null && { customerId: someone }) }
  if (kind === 'remove') await note(em, 'left', actor, named)
  else await note(em, from ? 'moved' : 'joined', actor, { ...named, from })
}
