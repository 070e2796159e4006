import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { preparedRow, preparedRows, rows } from '../db/rows.ts'
import type { MovedFrom } from '../groups/group.ts'
import { Refusal } from '../lib/errors.ts'

export type OperationKind = 'add' | 'remove' | 'import' | 'delete-group' | 'undo'
export type State = 'waiting' | 'running' | 'done' | 'cancelled' | 'failed'

/** What became of everyone asked for: asked = created + added + moved + removed + updated + already + refused (docs/rules.md, 6). */
export interface Buckets {
  asked: number
  /** New customers of an import. When it is undone: erased again. */
  created: number
  /** Into a list; or into a primary group, out of Default. When something is undone: back in the group. */
  added: number
  /** From another primary group into this one. When something is undone: back to the group before. */
  moved: number
  removed: number
  /** In the group already, with other details than an import's file had. When it is undone: as they were. */
  updated: number
  /** In the group already; or not in it any more, when they were to be removed. */
  already: number
  /** Deleted meanwhile; when something is undone: changed by somebody since. */
  refused: number
  /** Where those who moved came from or, when something is undone, went. */
  groups: MovedFrom[]
  /** Lists that an import made. When it is undone: deleted again; and kept, as somebody uses them. */
  lists?: number
  listsKept?: number
  /** One of those for whom it changed something. */
  someone: number | null
}

/** One add, move, remove or group deletion over many customers, undoable as one. */
export interface Operation extends Omit<Buckets, 'someone'> {
  id: number
  kind: OperationKind
  groupId: number
  /** As it was called then. */
  groupName: string
  isList: boolean
  /** Done to a customer at the counter, not to a selection. */
  isByHand: boolean
  selectionId: string | null
  /** The number on the button; null where there was none. */
  expected: number | null
  undoes: number | null
  /** What the one that it undoes was. */
  undoneKind: OperationKind | null
  undoneBy: number | null
  /** What a group that comes back is to be called. */
  newName: string | null
  state: State
  askedById: number
  askedBy: string
  askedAt: string
  endedAt: string | null
  /** Customers dealt with, of how many; while it runs. */
  done: number
  total: number
  isCancelled: boolean
  failure: string | null
}

export async function findOperation(em: Em, id: number): Promise<Operation> {
  const found = await preparedRow(em, operations(sql`operation.id = ${id}`))
  if (!found) throw new Refusal(404, 'This bulk change does not exist.')
  return found
}

/** Those under way, the oldest first. */
export async function findOpen(em: Em): Promise<Operation[]> {
  return preparedRows(em, operations(IS_OPEN))
}

/** Those that are changing a group. */
export function openIn(groupId: number): RawBuilder<Operation> {
  return operations(sql`${IS_OPEN} and operation.group_id = ${groupId}`)
}

const IS_OPEN = sql`operation.state in ('waiting', 'running')`

/** Those of `source`, rows of bulk_operation, that meet a condition. */
export function operations(where: RawBuilder<unknown>, source = sql`bulk_operation`): RawBuilder<Operation> {
  return sql`
    select operation.id, operation.kind, operation.group_id as "groupId", operation.group_name as "groupName",
      operation.is_list as "isList", operation.by_hand as "isByHand", operation.selection_id as "selectionId", operation.expected, operation.undoes,
      undone.kind as "undoneKind", undo.id as "undoneBy", operation.new_name as "newName", operation.state,
      operation.asked_by as "askedById", person.name as "askedBy", operation.asked_at as "askedAt", operation.ended_at as "endedAt",
      operation.asked, operation.created, operation.added, operation.moved, operation.removed, operation.updated, operation.already, operation.refused, operation.groups,
      operation.lists, operation.lists_kept as "listsKept",
      operation.failure, coalesce(progress.done, 0) as done, coalesce(progress.total, 0) as total,
      coalesce(progress.is_cancelled, false) as "isCancelled"
    from ${source} operation
    join staff_member person on person.id = operation.asked_by
    left join bulk_operation undone on undone.id = operation.undoes
    left join bulk_operation undo on undo.undoes = operation.id
    left join operation_progress progress on progress.operation_id = operation.id
    where ${where} order by operation.id
  `
}

export function isOpen({ state }: Pick<Operation, 'state'>): boolean {
  return state === 'waiting' || state === 'running'
}

/** For whom it changed something. */
export function changed({
  created,
  added,
  moved,
  removed,
  updated
}: Pick<Buckets, 'created' | 'added' | 'moved' | 'removed' | 'updated'>): number {
  return created + added + moved + removed + updated
}

export const UNDO_DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000

/** Why an operation can't be undone; null if it can. */
export function whyNotUndone(operation: Operation, now: Date): string | null {
  if (operation.kind === 'undo') return 'An undo can’t be undone. Make the change again instead.'
  if (operation.undoneBy !== null) return 'This has already been undone.'
  if (operation.state !== 'done') return 'This was never finished, so there is nothing to undo.'
  if (changed(operation) === 0 && operation.kind !== 'delete-group')
    return 'This changed no customers, so there is nothing to undo.'
  return isRecent(operation.endedAt ?? operation.askedAt, now)
    ? null
    : `This was more than ${UNDO_DAYS} days ago, so it can no longer be undone.`
}

/** What was done then can still be undone. */
export function isRecent(at: string, now: Date): boolean {
  return now.getTime() - new Date(at).getTime() <= UNDO_DAYS * DAY_MS
}

export async function cancel(em: Em, operationId: number): Promise<void> {
  await rows(em, sql`update operation_progress set is_cancelled = true where operation_id = ${operationId}`)
}
