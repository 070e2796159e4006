import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../lib/actor.ts'

/**
 * The first part of a statement that changes memberships by hand: it reserves the id of the operation that the change
 * will be recorded as.
 */
export const NEW_OPERATION = sql`fresh as materialized (select nextval('bulk_operation_id_seq')::int as id)`
export const NEW_OPERATION_ID = sql<number>`(select id from fresh)`

interface ManualChange {
  kind: 'add' | 'remove'
  group: { id: number; name: string; isList: boolean }
  actor: Actor
}

/**
 * The part of the statement that records the operation, so that it can be undone like any bulk operation. `counted` is
 * a query of one row with the counts of a result. A change that changes nothing is not recorded.
 */
export function recordingByHand(
  { kind, group, actor }: ManualChange,
  counted: RawBuilder<unknown>
): RawBuilder<unknown> {
  return sql`
    insert into bulk_operation (id, kind, group_id, group_name, is_list, by_hand, state, asked_by, asked_at, ended_at,
      asked, added, moved, removed, already, refused, groups) overriding system value
    select fresh.id, ${kind}, ${group.id}::int, ${group.name}, ${group.isList}::boolean, true, 'done', ${actor.id}::int, ${actor.now}::timestamptz,
      ${actor.now}::timestamptz, counted.*
    from fresh cross join (${counted}) counted (asked, added, moved, removed, already, refused, groups)
    where counted.added + counted.moved + counted.removed > 0
  `
}
