import { type RawBuilder, sql } from 'kysely'
import { recordingCustomers } from '../activity/operation-customers.ts'
import { listing } from '../customers/fields-sql.ts'
import { NO_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { countChanged, type Operation } from '../operations/operation.ts'
import { NO_BUCKETS, type Phase, type Plan, withGroupNames } from '../operations/plan.ts'
import { nextAfter, STEP_SIZE, type Step } from '../operations/steps.ts'
import { leaveList, moveBack } from '../operations/undo-steps.ts'
import { planNamedUndo } from './named/undo.ts'

const MANY = 1_000

/**
 * Plans the undo of an import: details are restored, the customers that it created are erased, and memberships end or
 * are restored, as far as nobody has changed them since (docs/rules.md, 18).
 */
export async function planImportUndo(em: Em, undone: Operation, undo: Operation): Promise<Plan> {
  const { id, groupId, isList } = undone
  const undoId = undo.id
  const total = countChanged(undone)
  // The last undo emptied these tables. By those statistics, the planner would read them from end to end for each
  // customer.
  if (total > MANY) await rows(em, sql`analyze created_customer, updated_customer`)
  const first: Phase[] = [(after) => restoreDetails(id, undoId, after), (after) => eraseCreated(id, after)]
  if (groupId === NO_GROUP) return planNamedUndo(em, undone, undo, first)
  return {
    total,
    phases: [
      ...first,
      (after) => (isList ? leaveList({ ...undone, undoId }, after) : moveBack({ id, groupId, undoId }, after))
    ],
    conclude: async () => {},
    buckets: async ([restored, erased, left]) => {
      const back = left?.done ?? 0
      const created = erased?.done ?? 0
      const updated = restored?.already ?? 0
      const buckets = { ...NO_BUCKETS, asked: total, created, updated, refused: total - back - created - updated }
      if (isList) return { ...buckets, removed: back }
      return { ...buckets, moved: back, groups: left ? await withGroupNames(em, left.groups) : [] }
    }
  }
}

const AS_BEFORE = listing(({ column }) => sql`${sql.ref(column)} = ${sql.ref(`chunk.${column}`)}`)

/**
 * Restores customers' details. `already` counts those whose details were the only change; the others are counted by
 * their memberships.
 */
function restoreDetails(operationId: number, undoId: number, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select * from updated_customer where operation_id = ${operationId} and customer_id > ${after}
      order by customer_id limit ${STEP_SIZE}
    ), held as materialized (
      select customer.id from customer join chunk on chunk.customer_id = customer.id and chunk.version = customer.version
      where not exists (
        select from customer other
        where other.id <> customer.id and (other.phone = chunk.phone or other.email = chunk.email)
      )
      order by customer.id for no key update of customer
    ), restored as (
      update customer set ${AS_BEFORE}, version = customer.version + 1
      from chunk join held on held.id = chunk.customer_id where customer.id = chunk.customer_id
      returning customer.id, was_member
    ), whom as (
      ${recordingCustomers(undoId, sql`select id, null::int from restored where was_member`)}
    )
    select ${nextAfter('customer_id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from restored)::int as done,
      (select count(*) from restored where was_member)::int as already, null::int as someone, null::jsonb as groups
  `
}

/**
 * Created customers that nobody has changed since. A customer stays if they have bought something, have an account
 * entry, were edited, or joined another group.
 */
function unchangedOf(id: number, made: RawBuilder<unknown>): RawBuilder<{ id: number }> {
  return sql`
    select customer.id from ${made} made
    join customer on customer.id = made.customer_id and customer.version = 1
    join primary_membership on primary_membership.customer_id = customer.id and primary_membership.operation_id = ${id}
    where not exists (select from sale where sale.customer_id = customer.id)
      and not exists (select from account_entry where account_entry.customer_id = customer.id)
      and not exists (select from list_membership list where list.customer_id = customer.id and list.operation_id is distinct from ${id})
  `
}

/** How many customers the undo of an import would delete at this moment. */
export async function countErasable(em: Em, { id }: Operation): Promise<number> {
  const made = sql`(select customer_id from created_customer where operation_id = ${id})`
  const erasable = unchangedOf(id, made)
  return (await row(em, sql<{ n: number }>`select count(*)::int as n from (${erasable}) erasable`))?.n ?? 0
}

function eraseCreated(id: number, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select customer_id from created_customer where operation_id = ${id} and customer_id > ${after}
      order by customer_id limit ${STEP_SIZE}
    ), unchanged as materialized (
      ${unchangedOf(id, sql`chunk`)} order by customer.id for update of customer
    ), erased as (
      delete from customer using unchanged where customer.id = unchanged.id returning 1
    )
    select ${nextAfter('customer_id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from erased)::int as done, 0 as already, null::int as someone, null::jsonb as groups
  `
}

const MOST_NAMED = 25

/** The customers that an import created and that are still here after its undo, in the order of their names. */
export async function listRemaining(em: Em, operationId: number): Promise<{ id: number; name: string }[]> {
  return rows(
    em,
    sql<{ id: number; name: string }>`
    select customer.id, customer.name from created_customer join customer on customer.id = customer_id
    where operation_id = ${operationId} order by customer.name, customer.id limit ${MOST_NAMED}
  `
  )
}
