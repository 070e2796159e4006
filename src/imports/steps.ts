import { type RawBuilder, sql } from 'kysely'
import { recordingCustomers } from '../activity/operation-customers.ts'
import type { Field } from '../customers/field.ts'
import { fieldColumns, listing } from '../customers/fields-sql.ts'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import { type MembershipChange, nextAfter, STEP_SIZE, type Step } from '../operations/steps.ts'

/**
 * Where the new customers of `chunk` go: `primary` is an expression for their primary group, and `listed` a further
 * part of the statement that adds them to lists.
 */
export interface Destination {
  primary: RawBuilder<unknown>
  listed: RawBuilder<unknown>
}

/** All new customers go into one group. If it is a list, their primary group is Default. */
export function intoOne(
  { operationId, groupId, by, at }: Omit<MembershipChange, 'chosen'>,
  isList: boolean
): Destination {
  const listed = sql`, listed as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by, operation_id)
      select ${groupId}, id, ${at}, ${by}, ${operationId} from made
    )`
  return { primary: sql`${isList ? DEFAULT_GROUP : groupId}::int`, listed: isList ? listed : sql`` }
}

/**
 * Creates customers from the rows of `fresh` and `entered` (see match.ts). A row is refused if another customer gets
 * its phone or e-mail at this moment. The rows are locked, so that a person who was deleted since is not created again.
 */
export function createCustomers(
  { operationId, by, at }: Pick<MembershipChange, 'operationId' | 'by' | 'at'>,
  importId: number,
  { primary, listed }: Destination,
  after: number
): RawBuilder<Step> {
  return sql`
    with taken as materialized (
      select entered.* from fresh join entered using (number)
      join import_row waiting on waiting.import_id = ${sql.lit(importId)} and waiting.number = fresh.number
      where bucket = 'create' and fresh.number > ${after} and waiting.wrong is null
      order by fresh.number limit ${STEP_SIZE} for share of waiting
    ), chunk as materialized (
      select nextval('customer_id_seq')::int as id, taken.* from taken order by number
    ), made as (
      insert into customer (id, ${fieldColumns()}, created_at)
      select id, ${listing(orNone)}, ${at} from chunk order by number
      on conflict do nothing returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at, joined_by, operation_id)
      select made.id, ${primary}, ${at}, ${by}, ${operationId} from made join chunk using (id)
    ), counted as (
      insert into customer_totals (customer_id) select id from made
    ), kept as (
      insert into created_customer (operation_id, customer_id) select ${operationId}, id from made
    ), whom as (
      ${recordingCustomers(operationId, sql`select id, null::int from made`)}
    )${listed}, late as (
      insert into refused (number, wrong, customer_ids)
      select number, jsonb_build_array(jsonb_build_object('column', null,
        'message', 'Another customer got this phone or e-mail while this row was being added. Upload the row again.')), '{}'
      from chunk
      where (select count(*) from made) < (select count(*) from chunk) and id not in (select id from made)
    )
    select ${nextAfter('number')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from made)::int as done, 0 as already, (select min(id) from made) as someone, null::jsonb as groups
  `
}

const orNone = ({ column, none }: Field) => (none === '' ? sql`coalesce(${sql.ref(column)}, '')` : sql.ref(column))

/** Keeps the stored value if the cell is empty. */
function orAsBefore({ column, none }: Field): RawBuilder<unknown> {
  const said = sql.ref(`chunk.${column}`)
  return sql`${sql.ref(column)} = coalesce(${none === '' ? sql`nullif(${said}, '')` : said}, ${sql.ref(`customer.${column}`)})`
}

/** Updates customers by the rows of `differing`. `already` counts those who were in the group before. */
export function updateCustomers(operationId: number, after: number): RawBuilder<Step> {
  return sql`
    with chunk as materialized (
      select * from differing where id > ${after} order by id limit ${STEP_SIZE}
    ), held as materialized (
      select customer.* from customer join chunk on chunk.id = customer.id order by customer.id for no key update of customer
    ), kept as (
      insert into updated_customer (operation_id, customer_id, version, was_member, ${fieldColumns()})
      select ${operationId}, held.id, version + 1, bucket = 'already', ${fieldColumns('held')}
      from held join chunk on chunk.id = held.id
    ), changed as (
      update customer set ${listing(orAsBefore)}, version = customer.version + 1
      from chunk join held on held.id = chunk.id where customer.id = chunk.id
      returning customer.id, chunk.bucket
    ), whom as (
      ${recordingCustomers(operationId, sql`select id, null::int from changed where bucket = 'already'`)}
    )
    select ${nextAfter('id')} as next, (select count(*) from chunk)::int as asked,
      (select count(*) from changed)::int as done, (select count(*) from changed where bucket = 'already')::int as already,
      null::int as someone, null::jsonb as groups
  `
}
