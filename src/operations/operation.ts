import { defineEntity, OptionalProps, p } from '@mikro-orm/core'
import type { Em } from '../db/orm.ts'
import type { MovedFrom } from '../groups/group.ts'
import { Refusal } from '../lib/errors.ts'

const KINDS = ['add', 'remove', 'import', 'delete-group', 'undo'] as const
export type OperationKind = (typeof KINDS)[number]
export const OPEN = ['waiting', 'running'] as const
const STATES = [...OPEN, 'done', 'cancelled', 'failed'] as const
export type State = (typeof STATES)[number]

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

const count = () => p.integer().default(0)

const OperationSchema = defineEntity({
  name: 'Operation',
  tableName: 'bulk_operation',
  properties: {
    id: p.integer().primary(),
    kind: p.enum(KINDS),
    groupId: p.integer(),
    /** As it was called then. */
    groupName: p.text(),
    isList: p.boolean(),
    /** Done to a customer at the counter, not to a selection. */
    isByHand: p.boolean().fieldName('by_hand').default(false),
    selectionId: p.uuid().nullable(),
    /** The number on the button; null where there was none. */
    expected: p.integer().nullable(),
    undoes: p.integer().nullable(),
    /** What a group that comes back is to be called. */
    newName: p.text().nullable(),
    state: p.enum(STATES).default('waiting'),
    askedById: p.integer().fieldName('asked_by'),
    /** Moments are text: the statements that carry it out pass them on as they are. */
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

    // What is known from other rows.
    askedBy: p
      .text()
      .formula(({ askedById }) => `(select person.name from staff_member person where person.id = ${askedById})`)
      .fieldName('asked_by_name'),
    /** What the one that it undoes was. */
    undoneKind: p
      .enum(KINDS)
      .formula(({ undoes }) => `(select undone.kind from bulk_operation undone where undone.id = ${undoes})`)
      .nullable(),
    undoneBy: p
      .integer()
      .formula(({ id }) => `(select undo.id from bulk_operation undo where undo.undoes = ${id})`)
      .nullable(),
    /** Customers dealt with, of how many; while it runs. */
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

/** One add, move, remove or group deletion over many customers, undoable as one. */
export class Operation extends OperationSchema.class {
  declare [OptionalProps]?: 'isOpen'
  // Always read, and null where there is none.
  declare selectionId: string | null
  declare expected: number | null
  declare undoes: number | null

  get isOpen(): boolean {
    return this.state === 'waiting' || this.state === 'running'
  }

  /** Why it can't be undone; null if it can. */
  whyNotUndone(now: Date): string | null {
    if (this.kind === 'undo') return 'An undo can’t be undone. Make the change again instead.'
    if (this.undoneBy !== null) return 'This has already been undone.'
    if (this.state !== 'done') return 'This was never finished, so there is nothing to undo.'
    if (changed(this) === 0 && this.kind !== 'delete-group')
      return 'This changed no customers, so there is nothing to undo.'
    return isRecent(this.endedAt ?? this.askedAt, now)
      ? null
      : `This was more than ${UNDO_DAYS} days ago, so it can no longer be undone.`
  }
}
OperationSchema.setClass(Operation)

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

/** What was done then can still be undone. */
export function isRecent(at: string, now: Date): boolean {
  return now.getTime() - new Date(at).getTime() <= UNDO_DAYS * DAY_MS
}

/** As it is at this moment: a job may be at it. */
export async function findOperation(em: Em, id: number): Promise<Operation> {
  const found = await em.findOne(Operation, id, { refresh: true })
  if (!found) throw new Refusal(404, 'This bulk change does not exist.')
  return found
}
