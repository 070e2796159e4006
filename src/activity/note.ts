import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import type { Kind } from './kinds.ts'

/** A value before and after a change; null if there was, or is, none. */
export interface Change {
  field: string
  before: string | null
  after: string | null
}

/** What an entry says besides its ids. It never holds a customer's personal data, which goes into `values`. */
export interface Details {
  /** The group's name at the time, for when it has been renamed or deleted. */
  group?: string
  /** The name at the time of the group that the customer was moved from. */
  from?: string
  /** The changed fields of a group, the retailer or a staff member. */
  changes?: Change[]
  /** The amount of an account entry, as PostgreSQL writes decimals. */
  amount?: string
  operation?: Operation
  counts?: Counts
  /** The id of the bulk operation that was undone. Its kind is in `by`. */
  undone?: number
  /** How or why it was done, as one word: "invitation", "link", "CSV", "remove". */
  by?: string
  /** The number of browsers that were signed out. */
  sessions?: number
}

export type Operation = 'add' | 'remove' | 'import' | 'delete-group' | 'undo'

export interface Counts {
  /** The number of customers for whom something changed. */
  customers: number
  /** How many of these came from another primary group. */
  moved?: number
  /** How many of these were created or, if it is an undo, deleted. */
  created?: number
  /** The number of customers who were skipped because somebody had changed them since. */
  left?: number
}

export interface EntryContent {
  group?: { id: number; name: string }
  /** The primary group that somebody was moved from. */
  from?: { id: number; name: string }
  customerId?: number
  staffMemberId?: number
  operationId?: number | null
  details?: Details
  /** A customer's personal values, before and after; they go when the customer is deleted. */
  values?: Change[]
}

/**
 * Notes in the activity what somebody did. It runs in em's transaction, so the entry and the change are saved together
 * or not at all.
 */
export async function note(em: Em, kind: Kind, actor: Actor | Nobody, about: EntryContent = {}): Promise<void> {
  const { customerId = null, values = [] } = about
  await rows(
    em,
    prepared(sql`
    with entry as (
      ${noting(kind, actor, about)} returning id
    )
    insert into activity_value (activity_id, customer_id, field, before, after)
    select entry.id, ${customerId}, value.field, value.before, value.after
    from entry, jsonb_to_recordset(${JSON.stringify(values)}::jsonb) as value (field text, before text, after text)
  `)
  )
}

/** The part of a statement that inserts an entry. Only note() writes a customer's personal values. */
export function noting(kind: Kind, actor: Actor | Nobody, about: Omit<EntryContent, 'values'>): RawBuilder<unknown> {
  const { group, from, customerId = null, staffMemberId = null, operationId = null } = about
  const details = { ...(group && { group: group.name }), ...(from && { from: from.name }), ...about.details }
  return sql`
    insert into activity (at, by, till_id, kind, group_id, from_group_id, customer_id, staff_member_id, operation_id, details)
    values (${actor.now}, ${actor.id}, ${tillOf(actor)}, ${kind}, ${group?.id ?? null}, ${from?.id ?? null}, ${customerId}, ${staffMemberId}, ${operationId},
      ${JSON.stringify(details)}::jsonb)
  `
}

const tillOf = (actor: Actor | Nobody) => ('till' in actor ? (actor.till ?? null) : null)

interface OperationEntry {
  id: number
  operation: Operation
  counts: Counts
  undone?: number
  by?: Operation
}

/** The part of a statement that inserts the entry of a bulk operation: one, however many customers it changed. */
export function notingOperation(actor: Actor, group: EntryContent['group'], done: OperationEntry): RawBuilder<unknown> {
  const { id, ...details } = done
  return noting('operation', actor, { group, operationId: id, details })
}

/**
 * Notes that a customer was deleted, in the transaction that deletes them. Nothing about them stays except their id.
 */
export async function noteCustomerDeleted(em: Em, customerId: number, actor: Actor): Promise<void> {
  await note(em, 'customer-deleted', actor, { customerId })
}

/** The fields in which two versions differ, with their values as text. */
export function changesBetween<Kept extends object>(before: Kept, after: Partial<Kept>): Change[] {
  const text = (value: unknown) => (value === null || value === undefined || value === '' ? null : String(value))
  return (Object.keys(after) as (keyof Kept & string)[]).flatMap((field) => {
    const change = { field, before: text(before[field]), after: text(after[field]) }
    return change.before === change.after ? [] : [change]
  })
}
