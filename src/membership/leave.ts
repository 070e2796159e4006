import { sql } from 'kysely'
import { notingLeft } from '../activity/noting-members.ts'
import { DEFAULT_GROUP, WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { NEW_OPERATION, NEW_OPERATION_ID, recordingByHand } from './by-hand.ts'

export interface RemoveResult {
  removed: number
  /** The id of the operation that can be undone; null if nothing was changed. */
  operationId: number | null
}

/**
 * Ends memberships of a group by hand, in a way that can be undone. Customers who leave a primary group go to Default.
 */
export async function removeMembers(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<RemoveResult> {
  const ending = group.isList ? endingLists(group, customerIds) : movingToDefault(group, customerIds, actor)
  const found = await row(
    em,
    prepared(sql<RemoveResult>`
    with ${NEW_OPERATION}, ${ending}, summed as (
      select (select count(*) from departed)::int as removed,
        (select count(*) from customer where id = any(${customerIds}::int[]))::int as present
    ), recorded as (
      ${recordingByHand(
        { kind: 'remove', group, actor },
        sql`
        select ${customerIds.length}::int, 0, 0, removed, present - removed, ${customerIds.length}::int - present, '[]'::jsonb
        from summed
      `
      )}
    ), noted as (
      ${notingLeft(group, actor, 'departed', NEW_OPERATION_ID)}
    )
    select removed, case when removed > 0 then fresh.id end as "operationId" from fresh, summed
  `)
  )
  return found ?? { removed: 0, operationId: null }
}

function endingLists(group: Group, customerIds: number[]) {
  return sql`
    departed as (
      delete from list_membership where group_id = ${group.id} and customer_id = any(${customerIds}::int[])
      returning customer_id, joined_at, joined_by, operation_id
    ), kept as (
      insert into ended_membership (operation_id, customer_id, joined_at, joined_by, joined_operation_id)
      select fresh.id, customer_id, joined_at, joined_by, operation_id from departed, fresh
    )
  `
}

function movingToDefault(group: Group, customerIds: number[], actor: Actor) {
  return sql`
    departed as (
      update primary_membership
      set group_id = ${DEFAULT_GROUP}, joined_at = ${actor.now}, joined_by = ${actor.id}, operation_id = fresh.id,
        previous_group_id = group_id, previous_joined_at = joined_at, previous_joined_by = joined_by,
        previous_operation_id = operation_id
      from fresh
      where group_id = ${group.id} and customer_id = any(${customerIds}::int[])
        and group_id not in (${DEFAULT_GROUP}, ${WALK_IN_GROUP})
      returning customer_id
    )
  `
}
