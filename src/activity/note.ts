import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import type { Kind } from './kinds.ts'

/** One thing before and after. Null: there was, or is, none. */
export interface Change {
  field: string
  before: string | null
  after: string | null
}

/** What an entry says beyond its ids. Never anything personal of a customer: that goes into `values`. */
export interface Details {
  /** The group's name at the time, for when it is gone or called otherwise. */
  group?: string
  /** Likewise of the group that somebody was moved from. */
  from?: string
  /** Of a group, the retailer or a colleague. */
  changes?: Change[]
  /** Of account entries, as PostgreSQL writes decimals. */
  amount?: string
  operation?: Operation
  counts?: Counts
  /** The bulk operation that was undone, and (`by`) what it was. */
  undone?: number
  /** Why or how, as a word: "invitation", "link", "CSV", "remove". */
  by?: string
  /** Browsers that were signed out. */
  sessions?: number
}

export type Operation = 'add' | 'remove' | 'import' | 'delete-group' | 'undo'

export interface Counts {
  /** For whom it changed something. */
  customers: number
  /** Of these, how many came from another primary group. */
  moved?: number
  /** Of these, how many are new; of an undo, how many it deleted. */
  created?: number
  /** Left as they were, because somebody changed them since. */
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

/** Writes down what somebody did, in em's transaction: with what was done, or not at all. */
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

/** The part of a statement that writes an entry down; what is personal of it, note() alone writes. */
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

/** The same for a bulk operation: one entry, however many customers it was about. */
export function notingOperation(actor: Actor, group: EntryContent['group'], done: OperationEntry): RawBuilder<unknown> {
  const { id, ...details } = done
  return noting('operation', actor, { group, operationId: id, details })
}

/** Before or after the deletion, in its transaction. Nothing of the person stays but the number they had. */
export async function noteCustomerDeleted(em: Em, customerId: number, actor: Actor): Promise<void> {
  await note(em, 'customer-deleted', actor, { customerId })
}

/** The fields in which two versions differ, as text. */
export function changesBetween<Kept extends object>(before: Kept, after: Partial<Kept>): Change[] {
  const text = (value: unknown) => (value === null || value === undefined || value === '' ? null : String(value))
  return (Object.keys(after) as (keyof Kept & string)[]).flatMap((field) => {
    const change = { field, before: text(before[field]), after: text(after[field]) }
    return change.before === change.after ? [] : [change]
  })
}
