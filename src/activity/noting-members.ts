import { type RawBuilder, sql } from 'kysely'
import type { Actor } from '../lib/actor.ts'

/**
 * The last part of a statement that creates customers: it notes each of them in the activity.
 * @param made the name of the CTE that lists their ids
 */
export function notingCreated({ id, till = null, now }: Actor, made: string): RawBuilder<unknown> {
  return sql`
    insert into activity (at, by, till_id, kind, customer_id)
    select ${now}::timestamptz, ${id}::int, ${till}::int, 'customer-created', id from ${sql.table(made)}
  `
}

/** Up to this many customers get an entry each, which their own pages show. More share one entry. */
const HANDFUL = 20

/**
 * The last part of a statement that puts customers into a group: it notes them in the activity.
 * @param joined the name of a CTE of (customer_id, from_id), where from_id is the primary group they came from, or null
 * for a list
 */
export function notingJoined(
  group: { id: number; name: string },
  { id, till = null, now }: Actor,
  joined: string,
  operationId: RawBuilder<number>
): RawBuilder<unknown> {
  const source = sql.table(joined)
  const cameFromAnother = sql`from_id is not null and former.system is null`
  return sql`
    insert into activity (at, by, till_id, kind, group_id, from_group_id, customer_id, operation_id, details)
    select ${now}::timestamptz, ${id}::int, ${till}::int, case when ${cameFromAnother} then 'moved' else 'joined' end, ${group.id}::int, from_id,
      customer_id, ${operationId}, jsonb_strip_nulls(jsonb_build_object('group', ${group.name}::text, 'from', former.name))
    from ${source} left join customer_group former on former.id = from_id
    where (select count(*) from ${source}) <= ${HANDFUL}
    union all
    select ${now}, ${id}, ${till}, 'operation', ${group.id}, null, null, ${operationId},
      jsonb_build_object('group', ${group.name}::text, 'operation', 'add',
      'counts', jsonb_build_object('customers', count(*), 'moved', count(*) filter (where ${cameFromAnother})))
    from ${source} left join customer_group former on former.id = from_id
    having count(*) > ${HANDFUL}
  `
}

/**
 * The last part of a statement that takes customers out of a group: it notes them in the activity.
 * @param departed the name of the CTE that lists their customer_id
 */
export function notingLeft(
  group: { id: number; name: string },
  { id, till = null, now }: Actor,
  departed: string,
  operationId: RawBuilder<number>
): RawBuilder<unknown> {
  const source = sql.table(departed)
  return sql`
    insert into activity (at, by, till_id, kind, group_id, customer_id, operation_id, details)
    select ${now}::timestamptz, ${id}::int, ${till}::int, 'left', ${group.id}::int, customer_id, ${operationId}, jsonb_build_object('group', ${group.name}::text)
    from ${source} where (select count(*) from ${source}) <= ${HANDFUL}
    union all
    select ${now}, ${id}, ${till}, 'operation', ${group.id}, null, ${operationId},
      jsonb_build_object('group', ${group.name}::text, 'operation', 'remove',
      'counts', jsonb_build_object('customers', count(*)))
    from ${source} having count(*) > ${HANDFUL}
  `
}
