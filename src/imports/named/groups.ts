import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { row, rows } from '../../db/rows.ts'
import type { MovedFrom } from '../../groups/group.ts'
import { toCount } from '../reading/sheet.ts'
import { nameGroups } from './match.ts'

/** A group that a file names, and the results of the rows that name it. These add up to the number of the rows. */
export interface NamedGroup {
  /** Null if the group is a list that is still to be made or was deleted again. */
  id: number | null
  name: string
  kind: 'primary' | 'list'
  isNew: boolean
  /** New customers. For lists, they are not part of `added`. */
  created: number
  added: number
  moved: number
  already: number
  /** The groups that moving customers come from. */
  origins: MovedFrom[]
}

const MOST_NEW_LISTS = 200

/** An SQL condition: whether a row of `fresh`, or of a table in its place, changes the groups that it names. */
export const changesGroups = sql<boolean>`fresh.bucket in ('create', 'add', 'move', 'already')`

/**
 * Counts and stores, for each group, the buckets of the rows of `fresh`. The tables `named` and `wanted` say which
 * groups the rows name (see match.ts).
 */
export async function keepGroups(em: Em, importId: number, fresh = sql`fresh`): Promise<void> {
  const id = sql.lit(importId)
  const what = sql`case
    when fresh.bucket = 'create' then 'created'
    when wanted.is_list then case when member.customer_id is null then 'added' else 'already' end
    when fresh.from_group_id = wanted.group_id then 'already'
    when fresh.from_group_id = ${sql.lit(DEFAULT_GROUP)} then 'added' else 'moved' end`
  const sum = (bucket: string) => sql`coalesce(sum(n) filter (where what = ${bucket}), 0)::int`
  await rows(em, sql`delete from import_group where import_id = ${id}`)
  await rows(
    em,
    sql`
    with told as (
      select wanted.key, ${what} as what, fresh.from_group_id
      from wanted join ${fresh} fresh using (number)
      left join list_membership member
        on wanted.is_list and member.group_id = wanted.group_id and member.customer_id = fresh.customer_id
      where ${changesGroups}
    ), counted as (
      select key, what, case when what = 'moved' then from_group_id end as from_group_id, count(*)::int as n from told group by 1, 2, 3
    ), origins as (
      select key, jsonb_agg(jsonb_build_object('id', former.id, 'name', former.name, 'count', n) order by n desc, former.name) as origins
      from counted join customer_group former on former.id = from_group_id group by key
    )
    insert into import_group (import_id, key, name, group_id, is_list, is_new, created, added, moved, already, origins)
    select ${id}, key, named.name, named.group_id, named.is_list, named.is_new, ${sum('created')}, ${sum('added')}, ${sum('moved')},
      ${sum('already')}, coalesce(origins.origins, '[]')
    from counted join named using (key) left join origins using (key)
    group by key, named.name, named.group_id, named.is_list, named.is_new, origins.origins
  `
  )
}

/**
 * Counts the groups of a stored plan again after some of its rows have changed. It reads all rows as they are stored.
 */
export async function recountGroups(em: Em, importId: number): Promise<void> {
  const id = sql.lit(importId)
  await nameGroups(
    em,
    sql`(select number, group_names from import_row where import_id = ${id} and passed_over is null and wrong is null)`
  )
  await keepGroups(em, importId, sql`(select * from import_match where import_id = ${id})`)
}

/**
 * A sentence for a file that would make too many lists, because its column of groups holds something else; null if
 * there are few enough.
 */
export async function whyTooManyLists(em: Em, importId: number): Promise<string | null> {
  const { groups, lists } = await countGroups(em, importId)
  if (lists <= MOST_NEW_LISTS) return null
  return `The Group column names ${toCount(groups)} groups, and ${toCount(lists)} of them don’t exist yet. One file can create up to ${toCount(MOST_NEW_LISTS)} lists. Check that this column holds groups, or create the groups first. Then upload the file again.`
}

export async function countGroups(
  em: Em,
  importId: number
): Promise<{ groups: number; lists: number; inPrimary: number }> {
  const found = await row(
    em,
    sql<{ groups: number; lists: number; inPrimary: number }>`
    select count(*)::int as groups, (count(*) filter (where is_new))::int as lists,
      coalesce(sum(created) filter (where not is_list), 0)::int as "inPrimary"
    from import_group where import_id = ${importId}
  `
  )
  return found ?? { groups: 0, lists: 0, inPrimary: 0 }
}

/** Lists the groups that a file names: new lists first, then by the number of changes. */
export async function listGroups(em: Em, importId: number, skip: number, limit: number): Promise<NamedGroup[]> {
  return rows(
    em,
    sql<NamedGroup>`
    select grouped.id, coalesce(grouped.name, named.name) as name, case when named.is_list then 'list' else 'primary' end as kind,
      named.is_new as "isNew", named.created, named.added, named.moved, named.already, named.origins
    from import_group named left join customer_group grouped on grouped.id = named.group_id
    where import_id = ${importId}
    order by is_new desc, named.created + named.added + named.moved desc, named.name, key offset ${skip} limit ${limit}
  `
  )
}

/** A query for the existing customers who join groups, and for the groups they join. */
export function joiningNamed(importId: number): RawBuilder<{ id: number; group_id: number }> {
  return sql`
    select customer_id as id, target.group_id
    from import_match join import_row using (import_id, number)
    cross join lateral string_to_table(group_names, E'\n') named
    join import_group target on target.import_id = ${sql.lit(importId)} and target.key = name_key(named)
    where import_match.import_id = ${sql.lit(importId)} and bucket in ('add', 'move')
  `
}
