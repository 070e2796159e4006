import { type RawBuilder, sql } from 'kysely'
import { recordingCustomers } from '../activity/operation-customers.ts'
import type { Operation } from './operation.ts'
import { nextAfter, STEP_SIZE, type Step } from './steps.ts'

/** An operation that is being undone by the operation `undoId`. */
type UndoneOperation = Pick<Operation, 'id' | 'groupId' | 'kind'> & { undoId: number }

/**
 * Finds the memberships that an operation wrote and nobody has changed since: those of the step after an id, or all at
 * once if `after` is null.
 */
function unchangedMembers(
  table: RawBuilder<unknown>,
  { id, groupId }: Pick<UndoneOperation, 'id' | 'groupId'>,
  after: number | null
) {
  const theirs = sql`group_id = ${groupId} and operation_id = ${id}`
  if (after === null) return { end: sql`select null::int as next`, theirs }
  const step = sql`select customer_id from ${table} where ${theirs} and customer_id > ${after} order by customer_id limit ${STEP_SIZE}`
  return {
    end: sql`select case when count(*) = ${STEP_SIZE} then max(customer_id) end as next from (${step}) step`,
    theirs: sql`${theirs} and customer_id > ${after} and customer_id <= coalesce((select next from chunk), ${GREATEST_ID})`
  }
}

const GREATEST_ID = 2_147_483_647

/**
 * Undoes the adding of customers to a list. A membership ends only if it is still the one that the operation wrote
 * (docs/rules.md, 18). `keeping` records the customers; by default it does so for their activity. Customers that an
 * import created and that still exist keep their membership. Steps of many lock memberships in the index's order, which
 * is that of ids. Steps of few may lock in any order, and they are tried again after a deadlock.
 */
export function leaveList(
  undone: UndoneOperation,
  after: number | null,
  keeping = (ended: RawBuilder<unknown>) => recordingCustomers(undone.undoId, ended)
): RawBuilder<Step> {
  const { id, kind } = undone
  const { end, theirs } = unchangedMembers(sql`list_membership`, undone, after)
  const isMade = sql`
    exists (select from created_customer made where operation_id = ${id} and made.customer_id = list_membership.customer_id offset 0)
  `
  return sql`
    with chunk as materialized (${end}), ended as (
      delete from list_membership where ${theirs} ${kind === 'import' ? sql`and not ${isMade}` : sql``} returning customer_id
    ), counted as (
      select count(*)::int as number, min(customer_id) as someone from ended
    ), kept as (
      ${keeping(sql`select customer_id, null::int from ended`)}
    )
    select next, number as asked, number as done, 0 as already, someone, null::jsonb as groups from chunk, counted
  `
}

/** Moves customers back to their former group, if it still exists. */
export function moveBack(
  undone: Omit<UndoneOperation, 'kind'>,
  after: number | null,
  keeping = (restored: RawBuilder<unknown>) => recordingCustomers(undone.undoId, restored)
): RawBuilder<Step> {
  const { end, theirs } = unchangedMembers(sql`primary_membership`, undone, after)
  return sql`
    with chunk as materialized (${end}), restored as (
      update primary_membership membership
      set group_id = previous_group_id, joined_at = previous_joined_at, joined_by = previous_joined_by,
        operation_id = previous_operation_id, previous_group_id = null, previous_joined_at = null, previous_joined_by = null,
        previous_operation_id = null
      from customer_group former where former.id = previous_group_id and ${theirs} returning former.id, customer_id
    ), counted as (
      select id, count(*)::int as number, min(customer_id) as someone from restored group by id
    ), summed as (
      select coalesce(sum(number), 0)::int as number, min(someone) as someone, jsonb_object_agg(id, number) as groups from counted
    ), kept as (
      ${keeping(sql`select customer_id, id from restored`)}
    )
    select next, number as asked, number as done, 0 as already, someone, groups from chunk, summed
  `
}

/** Puts customers back into a list. Those who have joined again in the meantime stay as they are. */
export function rejoinList(undone: Omit<UndoneOperation, 'kind'>, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select * from ended_membership where operation_id = ${undone.id} and customer_id > ${after}
      order by customer_id limit ${STEP_SIZE}
    ), present as materialized (
      select chunk.* from customer join chunk on chunk.customer_id = customer.id order by customer.id for key share of customer
    ), restored as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select ${undone.groupId}, customer_id, joined_at, joined_by, joined_operation_id from present order by customer_id
      on conflict do nothing returning customer_id
    ), kept as (
      ${recordingCustomers(undone.undoId, sql`select customer_id, null::int from restored`)}
    )
    select ${nextAfter('customer_id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from restored)::int as done, 0 as already, (select min(customer_id) from restored) as someone, null::jsonb as groups
  `
}
