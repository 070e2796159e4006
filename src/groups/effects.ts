import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { selectedIds } from '../selections/selected.ts'
import type { Selection } from '../selections/selection.ts'
import { DEFAULT_GROUP, type Group, WALK_IN_GROUP } from './group.ts'
import type { MovedFrom } from './membership.ts'

/** From which primary groups a selection would be taken if it joined this one; named before it happens (rule 5). */
export async function movesInto(em: Em, group: Group, selection: Selection): Promise<MovedFrom[]> {
  if (group.isList) return []
  return rows(
    em,
    sql<MovedFrom>`
    select former.id, former.name, moved.count::int as count
    from (
      select group_id, count(*) as count
      from primary_membership where customer_id in (select id from (${selectedIds(selection, group)}) selected)
        and group_id not in (${group.id}, ${DEFAULT_GROUP}, ${WALK_IN_GROUP})
      group by group_id
    ) moved join customer_group former on former.id = moved.group_id
    order by moved.count desc, former.name
  `
  )
}

/** Who of some customers is in a group. */
export async function findMembers(em: Em, group: Group, ids: number[]): Promise<Set<number>> {
  const found = await rows(
    em,
    sql<{ id: number }>`
    select customer_id as id from membership where group_id = ${group.id} and customer_id = any(${ids}::int[])
  `
  )
  return new Set(found.map(({ id }) => id))
}
