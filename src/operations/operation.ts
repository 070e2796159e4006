import { defineEntity, OptionalProps, p } from '@mikro-orm/core'
import type { Em } from '../db/orm.ts'
import type { MovedFrom } from '../groups/group.ts'
import { Refusal } from '../lib/errors.ts'

const KINDS = ['add', 'remove', 'import', 'delete-group', 'undo'] as const
export type OperationKind = (typeof KINDS)[number]
export const OPEN = ['waiting', 'running'] as const
const STATES = [...OPEN, 'done', 'cancelled', 'failed'] as const
export type State = (typeof STATES)[number]

/** How many customers had which result. `asked` is the sum of the seven numbers after it (docs/rules.md, 6). */
export interface Buckets {
  asked: number
  /** New customers of an import. For an undo: customers who were erased again. */
  created: number
  /** Added to a list, or to a primary group from Default. For an undo: customers who are back in the group. */
  added: number
  /** Moved here from another primary group. For an undo: customers moved back to their former group. */
  moved: number
  removed: number
  /** Already in the group, with new details from an import. For an undo: customers with restored details. */
  updated: number
  /** Already in the group or, when they were to be removed, no longer in it. */
  already: number
  /** Customers who were deleted in the meantime. For an undo: customers changed by somebody since. */
  refused: number
  /** The groups that moved customers came from. For an undo: the groups they went to. */
  groups: MovedFrom[]
  /** Lists that an import made. For an undo: lists that were deleted, and lists that stay because they are used. */
  lists?: number
  listsKept?: number
  /** The id of one of the changed customers. */
  someone: number | null
}

const count = () => p.integer().default(0)

const OperationSchema = defineEntity({
  name: 'Operation',
  tableName: 'bulk_operation',
  properties: {
    id: p.integer().primary(),
    kind: p.enum(KINDS),
    groupId: p.integer(),
    /** The group's name at the time of the operation. */
    groupName: p.text(),
    isList: p.boolean(),
    /** True if it was done to a customer at the counter and not to a selection. */
    isByHand: p.boolean().fieldName('by_hand').default(false),
    selectionId: p.uuid().nullable(),
    /** The number of customers that the button showed; null if it showed none. */
    expected: p.integer().nullable(),
    undoes: p.integer().nullable(),
    /** The new name for a group that is restored. */
    newName: p.text().nullable(),
    state: p.enum(STATES).default('waiting'),
    askedById: p.integer().fieldName('asked_by'),
    /** Moments are text, because the statements that carry out the operation pass them on unchanged. */
    askedAt: p.text(),
    endedAt: p.text().nullable(),
    asked: count(),
    created: count(),
    added: count(),
    moved: count(),
    removed: count(),
    updated: count(),
    already: count(),
    refused: count(),
    groups: p.json<MovedFrom[]>().default([]),
    lists: count(),
    listsKept: count(),
    failure: p.text().nullable(),

    // The following properties come from other rows.
    askedBy: p
      .text()
      .formula(({ askedById }) => `(select person.name from staff_member person where person.id = ${askedById})`)
      .fieldName('asked_by_name'),
    /** The kind of the operation that this one undoes. */
    undoneKind: p
      .enum(KINDS)
      .formula(({ undoes }) => `(select undone.kind from bulk_operation undone where undone.id = ${undoes})`)
      .nullable(),
    undoneBy: p
      .integer()
      .formula(({ id }) => `(select undo.id from bulk_operation undo where undo.undoes = ${id})`)
      .nullable(),
    /** The number of customers handled so far, and of all, while the operation runs. */
    done: p.integer().formula(({ id }) => ofProgress('done', '0', id)),
    total: p.integer().formula(({ id }) => ofProgress('total', '0', id)),
    isCancelled: p.boolean().formula(({ id }) => ofProgress('is_cancelled', 'false', id))
  }
})

function ofProgress(column: string, otherwise: string, id = 'id'): string {
  return `coalesce((select progress.${column} from operation_progress progress where progress.operation_id = ${id}), ${otherwise})`
}

export const UNDO_DAYS = 30
const DAY_MS = 24 * 60 * 60 * 1000

/** A change of many customers that can be undone as a whole, such as an add, a move or the deletion of a group. */
export class Operation extends OperationSchema.class {
  declare [OptionalProps]?: 'isOpen'
  // These are always loaded, and null if there is no value.
  declare selectionId: string | null
  declare expected: number | null
  declare undoes: number | null

  get isOpen(): boolean {
    return this.state === 'waiting' || this.state === 'running'
  }

  /** A sentence that says why the operation can't be undone; null if it can. */
  whyNotUndone(now: Date): string | null {
    if (this.kind === 'undo') return 'An undo can’t be undone. Make the change again instead.'
    if (this.undoneBy !== null) return 'This has already been undone.'
    if (this.state !== 'done') return 'This was never finished, so there is nothing to undo.'
    if (countChanged(this) === 0 && this.kind !== 'delete-group')
      return 'This changed no customers, so there is nothing to undo.'
    return isRecent(this.endedAt ?? this.askedAt, now)
      ? null
      : `This was more than ${UNDO_DAYS} days ago, so it can no longer be undone.`
  }
}
OperationSchema.setClass(Operation)

/** The number of customers whom an operation changed. */
export function countChanged({
  created,
  added,
  moved,
  removed,
  updated
}: Pick<Buckets, 'created' | 'added' | 'moved' | 'removed' | 'updated'>): number {
  return created + added + moved + removed + updated
}

/** Whether an operation of that moment is recent enough to be undone. */
export function isRecent(at: string, now: Date): boolean {
  return now.getTime() - new Date(at).getTime() <= UNDO_DAYS * DAY_MS
}

/** Loads an operation as it is at this moment, because a job may be changing it. */
export async function findOperation(em: Em, id: number): Promise<Operation> {
  const found = await em.findOne(Operation, id, { refresh: true })
  if (!found) throw new Refusal(404, 'This bulk change does not exist.')
  return found
}
