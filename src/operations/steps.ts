import { type RawBuilder, sql } from 'kysely'
import { recordingCustomers } from '../activity/operation-customers.ts'
import { DEFAULT_GROUP, WALK_IN_CUSTOMER } from '../db/fixed.ts'

/**
 * The result of one step: the id after which the next step continues (null at the end), the number of customers it was
 * asked to change, and how many of them it changed or found changed already.
 */
export interface Step {
  next: number | null
  asked: number
  done: number
  already: number
  someone: number | null
  /**
   * For moves, the number of customers from each former group, by its id. For an undo, the number who went to each
   * group.
   */
  groups: Record<string, number> | null
}

/** The most customers of a step. It takes less than a second, and a Cancel waits for its end. */
export const STEP_SIZE = 20_000

export interface MembershipChange {
  operationId: number
  /** The ids of the customers, as a table or a subquery. */
  chosen: RawBuilder<unknown>
  groupId: number
  by: number
  at: string
}

/** The customers of the next step. */
const following = (chosen: RawBuilder<unknown>, after: number) =>
  sql`select id from ${chosen} chosen where id > ${after} order by id limit ${STEP_SIZE}`

/** The id after which the next step continues. A `chunk` shorter than a step was the last one. */
export const nextAfter = (column: 'id' | 'customer_id' | 'number') =>
  sql`(select case when count(*) = ${STEP_SIZE} then max(${sql.ref(column)}) end from chunk)`

/**
 * Adds customers to a list. They are locked in the order of ids, so that a customer who is being deleted is either
 * still here or gone.
 */
export function addToList({ operationId, chosen, groupId, by, at }: MembershipChange, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (${following(chosen, after)}), present as materialized (
      select customer.id from customer join chunk on chunk.id = customer.id
      where customer.id <> ${WALK_IN_CUSTOMER} order by customer.id for key share of customer
    ), added as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select ${groupId}, id, ${at}, ${by}, ${operationId} from present order by id
      on conflict do nothing returning customer_id
    ), kept as (
      ${recordingCustomers(operationId, sql`select customer_id, null::int from added`)}
    )
    select ${nextAfter('id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from added)::int as done, (select min(customer_id) from added) as someone,
      ((select count(*) from present) - (select count(*) from added))::int as already, null::jsonb as groups
  `
}

/**
 * Moves customers to a primary group. Memberships are locked in the order of ids, so that two moves of the same
 * customers don't deadlock. They are looked up one by one, because a join would read all memberships for each step. The
 * update finds them by customer and not by their physical place, because another transaction may have moved them since
 * the statement began.
 */
export function moveTo(
  told: MembershipChange,
  after: number,
  isMoved: RawBuilder<boolean> = sql`true`
): RawBuilder<Step> {
  const { operationId, chosen, groupId, by, at } = told
  return sql`
    with chunk as materialized (${following(chosen, after)}), held as materialized (
      select membership.* from chunk cross join lateral (
        select * from primary_membership
        where customer_id = chunk.id and customer_id <> ${WALK_IN_CUSTOMER} for update
      ) membership
    ), moved as (
      update primary_membership membership
      set group_id = ${groupId}, joined_at = ${at}, joined_by = ${by}, operation_id = ${operationId},
        previous_group_id = held.group_id, previous_joined_at = held.joined_at, previous_joined_by = held.joined_by,
        previous_operation_id = held.operation_id
      from held
      where held.customer_id = membership.customer_id and held.group_id <> ${groupId} and ${isMoved}
      returning held.group_id, held.customer_id
    ), counted as (
      select group_id, count(*) as number, min(customer_id) as someone from moved group by group_id
    ), kept as (
      ${recordingCustomers(operationId, sql`select customer_id, group_id from moved`)}
    )
    select ${nextAfter('id')} as next, (select count(*) from chunk)::int as asked,
      (select coalesce(sum(number), 0) from counted)::int as done, (select min(someone) from counted) as someone,
      ((select count(*) from held) - (select coalesce(sum(number), 0) from counted))::int as already,
      (select jsonb_object_agg(group_id, number) from counted) as groups
  `
}

/** Moves customers from a primary group to Default. Customers who are in another group by now stay there. */
export function moveToDefault(told: MembershipChange, after: number): RawBuilder<Step> {
  return moveTo({ ...told, groupId: DEFAULT_GROUP }, after, sql<boolean>`held.group_id = ${told.groupId}`)
}

/**
 * Removes customers from a list. The delete takes the group's id from the rows that were read and not from the
 * parameter. If statistics don't know the group yet, the planner would otherwise search all its members for each row.
 */
export function removeFromList({ operationId, chosen, groupId }: MembershipChange, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (${following(chosen, after)}), held as materialized (
      select group_id, customer_id from list_membership join chunk on id = customer_id
      where group_id = ${groupId} and customer_id > ${after} order by customer_id for update of list_membership
    ), ended as (
      delete from list_membership using held
      where list_membership.group_id = held.group_id and list_membership.customer_id = held.customer_id
      returning list_membership.customer_id, joined_at, joined_by, list_membership.operation_id
    ), kept as (
      insert into ended_membership (operation_id, customer_id, joined_at, joined_by, joined_operation_id)
      select ${operationId}, customer_id, joined_at, joined_by, operation_id from ended
    ), whom as (
      ${recordingCustomers(operationId, sql`select customer_id, null::int from ended`)}
    )
    select ${nextAfter('id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from ended)::int as done, (select min(customer_id) from ended) as someone,
      (
        select count(*) from chunk
        where id not in (select customer_id from ended) and exists (select from customer where customer.id = chunk.id offset 0)
      )::int as already, null::jsonb as groups
  `
}
