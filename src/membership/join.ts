import { sql } from 'kysely'
import { notingJoined } from '../activity/noting-members.ts'
import { isForeignKeyBreach } from '../db/breaches.ts'
import { DEFAULT_GROUP, WALK_IN_CUSTOMER, WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Group, MovedFrom } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import { NEW_OPERATION, NEW_OPERATION_ID, recordingByHand } from './by-hand.ts'

/** What became of all customers who were asked for. The numbers add up to `asked` (docs/rules.md, 6). */
export interface AddResult {
  asked: number
  added: number
  moved: MovedFrom[]
  already: number
  /** How many were refused because they had been deleted or are the walk-in customer. */
  refused: number
  /** The id of the operation that can be undone; null if nothing was changed. */
  operationId: number | null
}

interface JoinResult {
  groups: MovedFrom[]
  operationId: number | null
}

const NOBODY_JOINED: JoinResult = { groups: [], operationId: null }

/**
 * Puts customers into a group by hand. Like a bulk change it is recorded as an operation, so that it can be undone.
 * Joining a primary group replaces the one before, and joining a group twice changes nothing.
 */
export async function addMembers(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<AddResult> {
  return em.transactional(async (inner) => {
    const present = await lockCustomers(inner, group.id === WALK_IN_GROUP ? [] : customerIds)
    const asked = customerIds.length
    const { groups, operationId } = await refusingDeleted(group, () =>
      group.isList ? joinList(inner, group, present, asked, actor) : joinPrimary(inner, group, present, asked, actor)
    )
    const moved = groups.filter((from) => from.id !== DEFAULT_GROUP && from.id !== group.id)
    const total = sum(groups)
    return {
      asked,
      added: total - sum(moved),
      moved,
      already: present.length - total,
      refused: asked - present.length,
      operationId
    }
  })
}

/** Tells somebody whose group was deleted while customers were joining it (docs/rules.md, 7). */
async function refusingDeleted<Result>(group: Group, join: () => Promise<Result>): Promise<Result> {
  try {
    return await join()
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError(`Someone deleted ${group.name}, so no customers were added to it.`)
  }
}

function sum(groups: MovedFrom[]): number {
  return groups.reduce((total, { count }) => total + count, 0)
}

/** Locks customers until the transaction ends, in the order of their ids, so that two changes never deadlock. */
async function lockCustomers(em: Em, customerIds: number[]): Promise<number[]> {
  const found = await rows(
    em,
    prepared(sql<{ customer_id: number }>`
    select customer_id from primary_membership
    where customer_id = any(${customerIds}::int[]) and customer_id <> ${WALK_IN_CUSTOMER}
    order by customer_id for update
  `)
  )
  return found.map((one) => one.customer_id)
}

async function joinPrimary(em: Em, group: Group, present: number[], asked: number, actor: Actor): Promise<JoinResult> {
  const joined = await rows(
    em,
    prepared(sql<MovedFrom & { operationId: number }>`
    with ${NEW_OPERATION}, before as (
      select * from primary_membership
      where customer_id = any(${present}::int[]) and group_id <> ${group.id}
    ), moved as (
      update primary_membership membership
      set group_id = ${group.id}, joined_at = ${actor.now}, joined_by = ${actor.id}, operation_id = fresh.id,
        previous_group_id = before.group_id, previous_joined_at = before.joined_at, previous_joined_by = before.joined_by,
        previous_operation_id = before.operation_id
      from before, fresh where before.customer_id = membership.customer_id
      returning membership.customer_id, before.group_id as from_id
    ), former as (
      select former.id, former.name, count(*)::int as count
      from moved join customer_group former on former.id = moved.from_id group by former.id
    ), summed as (
      select coalesce(sum(count) filter (where id = ${DEFAULT_GROUP}), 0) as added,
        coalesce(sum(count) filter (where id <> ${DEFAULT_GROUP}), 0) as moved,
        coalesce(jsonb_agg(former order by count desc, name) filter (where id <> ${DEFAULT_GROUP}), '[]') as groups
      from former
    ), recorded as (
      ${recordingByHand(
        { kind: 'add', group, actor },
        sql`
        select ${asked}::int, added, moved, 0, ${present.length}::int - added - moved, ${asked - present.length}::int, groups
        from summed
      `
      )}
    ), noted as (
      ${notingJoined(group, actor, 'moved', NEW_OPERATION_ID)}
    )
    select former.*, fresh.id as "operationId" from former, fresh order by count desc, name
  `)
  )
  return {
    groups: joined.map(({ id, name, count }) => ({ id, name, count })),
    operationId: joined[0]?.operationId ?? null
  }
}

async function joinList(em: Em, group: Group, present: number[], asked: number, actor: Actor): Promise<JoinResult> {
  const joined = await row(
    em,
    prepared(sql<{ operationId: number; count: number }>`
    with ${NEW_OPERATION}, joined as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select ${group.id}, customer_id, ${actor.now}, ${actor.id}, fresh.id from unnest(${present}::int[]) customer_id, fresh
      on conflict do nothing returning customer_id, null::int as from_id
    ), summed as (
      select count(*)::int as added from joined
    ), recorded as (
      ${recordingByHand(
        { kind: 'add', group, actor },
        sql`select ${asked}::int, added, 0, 0, ${present.length}::int - added, ${asked - present.length}::int, '[]'::jsonb from summed`
      )}
    ), noted as (
      ${notingJoined(group, actor, 'joined', NEW_OPERATION_ID)}
    )
    select fresh.id as "operationId", added as count from fresh, summed where added > 0
  `)
  )
  if (!joined) return NOBODY_JOINED
  const { operationId, count } = joined
  return { groups: [{ id: group.id, name: group.name, count }], operationId }
}
