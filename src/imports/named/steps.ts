import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP, WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import { type MembershipChange, nextAfter, STEP_SIZE, type Step } from '../../operations/steps.ts'
import type { Destination } from '../steps.ts'

export type ChangeOrigin = Pick<MembershipChange, 'operationId' | 'by' | 'at'>

/**
 * Makes the tables of who goes where, in the order of ids, in which everyone locks customers. The table `came` will
 * hold the customers who joined a group, some of them several times.
 */
export async function chooseNamed(em: Em): Promise<void> {
  const theirs = sql`existing join fresh on fresh.customer_id = existing.id join wanted using (number)`
  await rows(
    em,
    sql`create temporary table moving on commit drop as select id, group_id from ${theirs} where not is_list order by id`
  )
  await rows(
    em,
    sql`
    create temporary table listing on commit drop as
    select row_number() over (order by id, group_id)::int as number, id, group_id from ${theirs} where is_list
  `
  )
  await rows(em, sql`create temporary table came (customer_id integer, from_group_id integer) on commit drop`)
  await rows(em, sql`create index on moving (id)`)
  await rows(em, sql`create index on listing (number)`)
  await rows(em, sql`analyze moving, listing`)
}

/** Moves customers as moveTo() does, but each to a primary group of their own. */
export function moveToOwnGroup({ operationId, by, at }: ChangeOrigin, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select id, group_id from moving where id > ${after} order by id limit ${STEP_SIZE}
    ), held as materialized (
      select membership.*, chunk.group_id as target from chunk cross join lateral (
        select * from primary_membership
        where customer_id = chunk.id and customer_id <> ${WALK_IN_CUSTOMER} for update
      ) membership
    ), moved as (
      update primary_membership membership
      set group_id = held.target, joined_at = ${at}, joined_by = ${by}, operation_id = ${operationId},
        previous_group_id = held.group_id, previous_joined_at = held.joined_at, previous_joined_by = held.joined_by,
        previous_operation_id = held.operation_id
      from held where held.customer_id = membership.customer_id and held.group_id <> held.target
      returning held.group_id, held.customer_id
    ), noted as (
      insert into came (customer_id, from_group_id) select customer_id, group_id from moved
    )
    select ${nextAfter('id')} as next, (select count(*) from chunk)::int as asked, (select count(*) from moved)::int as done,
      0 as already, null::int as someone, null::jsonb as groups
  `
}

/** Adds customers to lists as addToList() does, but each to lists of their own. */
export function addToOwnLists({ operationId, by, at }: ChangeOrigin, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select number, id, group_id from listing where number > ${after} order by number limit ${STEP_SIZE}
    ), present as materialized (
      select customer.id from customer where id in (select id from chunk) and id <> ${WALK_IN_CUSTOMER}
      order by id for key share
    ), added as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select group_id, id, ${at}, ${by}, ${operationId} from chunk join present using (id) order by id, group_id
      on conflict do nothing returning customer_id
    ), noted as (
      insert into came (customer_id) select distinct customer_id from added
    )
    select ${nextAfter('number')} as next, (select count(*) from chunk)::int as asked, (select count(*) from added)::int as done,
      0 as already, null::int as someone, null::jsonb as groups
  `
}

/** The groups of new customers, for createCustomers(). */
export function intoNamed({ operationId, by, at }: ChangeOrigin): Destination {
  return {
    primary: sql`coalesce((
      select group_id from wanted where wanted.number = chunk.number and not wanted.is_list
    ), ${sql.lit(DEFAULT_GROUP)})`,
    listed: sql`, listed as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select wanted.group_id, made.id, ${at}, ${by}, ${operationId}
      from made join chunk using (id) join wanted on wanted.number = chunk.number and wanted.is_list
    )`
  }
}
