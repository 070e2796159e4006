import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import type { FileImport } from '../file-import.ts'

/**
 * Finds the groups that the rows of `entered` (see ../match.ts), or of another table, name. It leaves two tables for
 * the rest of em's transaction: `named` holds each group once, with its id if it exists; `wanted` which row names which
 * group. A name that no group has is that of a list to be made.
 */
export async function nameGroups(em: Em, entered = sql`entered`): Promise<void> {
  await rows(em, sql`drop table if exists pg_temp.spelled, pg_temp.named, pg_temp.wanted`)
  await rows(
    em,
    sql`
    create temporary table spelled on commit drop as
    select name, name_key(name) as key, min(number) as number
    from ${entered} entered cross join lateral string_to_table(group_names, E'\n') name group by name
  `
  )
  await rows(
    em,
    sql`
    create temporary table named on commit drop as
    select distinct on (key) spelled.key, coalesce(grouped.name, spelled.name) as name, grouped.id as group_id,
      coalesce(grouped.is_list, true) as is_list, grouped.id is null as is_new, coalesce(grouped.system = 'walk-in', false) as is_walk_in
    from spelled left join customer_group grouped on name_key(grouped.name) = spelled.key
    order by key, spelled.number
  `
  )
  await rows(
    em,
    sql`
    create temporary table wanted on commit drop as
    select distinct entered.number, named.key, named.group_id, named.is_list, named.is_walk_in
    from ${entered} entered cross join lateral string_to_table(group_names, E'\n') name
    join spelled on spelled.name = name.name join named on named.key = spelled.key
  `
  )
  await rows(em, sql`create index on wanted (number)`)
  await rows(em, sql`analyze named, wanted`)
}

const NOBODY_THERE = 'Walk-in is only for sales to people who leave no name. Enter another group.'

/** Finds the rows that name Walk-in, or two primary groups. */
export function refusedGroups({
  mapping
}: FileImport): RawBuilder<{ number: number; wrong: unknown; customer_ids: number[] }> {
  const message = sql`case when bool_or(wanted.is_walk_in) then ${NOBODY_THERE} else
    'A customer can have only one primary group, but this cell names ' || string_agg(named.name, ' and ' order by named.name) || '. Keep one of them.' end`
  return sql`
    select number, jsonb_build_array(jsonb_build_object('column', ${mapping.indexOf('groups')}::int, 'message', ${message})) as wrong,
      '{}'::int[] as customer_ids
    from wanted join named using (key) where not wanted.is_list group by number having count(*) > 1 or bool_or(wanted.is_walk_in)
  `
}

/**
 * The parts of the query in matchRows() that find a customer's present groups and the bucket of the row. A row that
 * names no group, or only groups that the customer is in, is already there.
 */
export const INTO_NAMED = {
  member: sql`
    left join primary_membership member on member.customer_id = customer.id
    left join wanted target on target.number = entered.number and not target.is_list`,
  bucket: sql`case
    when target.group_id <> member.group_id and member.group_id <> ${sql.lit(DEFAULT_GROUP)} then 'move'
    when target.group_id <> member.group_id then 'add'
    when exists (
      select from wanted list
      where list.number = entered.number and list.is_list and not exists (
        select from list_membership there where there.group_id = list.group_id and there.customer_id = customer.id
      )
    ) then 'add'
    else 'already' end`
}
