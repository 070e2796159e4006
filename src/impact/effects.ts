import { sql } from 'kysely'
import { DEFAULT_GROUP, WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Group, MovedFrom } from '../groups/group.ts'
import { findGroup } from '../groups/queries.ts'
import { SETTINGS_BY_NAME, type SettingValues } from '../groups/settings.ts'
import { sellsOnAccount } from '../sales/policy.ts'
import { selectedIds } from '../selections/selected-customers.ts'
import type { Purpose, Selection } from '../selections/selection.ts'
import { type Debts, debtsOnJoining } from './debts.ts'

/** What would become of all selected customers. For a move, `already` and the counts of `from` add up to `selected`. */
export interface Effect {
  selected: number
  /** How many are in the group already; for a removal, how many are not in it any more. */
  already: number
  /**
   * The primary groups, Default included, that the others would leave for this one, the largest first; none for a list.
   */
  from: FormerGroup[]
}

/** A primary group that customers would leave, and what it allows them at a till. */
type FormerGroup = MovedFrom & SettingValues

/** Works out an effect on primary groups, which a page names before it happens (docs/rules.md, 5). */
export async function effectOf(em: Em, group: Group, purpose: Purpose, selection: Selection): Promise<Effect> {
  if (purpose === 'add' && !group.isList) return effectOfMove(em, group, selection)
  const table = group.isList ? sql`list_membership` : sql`primary_membership`
  const counted = await row(
    em,
    sql<{ selected: number; members: number }>`
    select count(*)::int as selected, count(member.customer_id)::int as members
    from (${selectedIds(selection, group)}) selected
    left join ${table} member on member.customer_id = selected.id and member.group_id = ${group.id}
  `
  )
  const { selected, members } = counted ?? { selected: 0, members: 0 }
  return { selected, already: purpose === 'add' ? members : selected - members, from: [] }
}

async function effectOfMove(em: Em, group: Group, selection: Selection): Promise<Effect> {
  const groups = await rows(
    em,
    sql<FormerGroup>`
    select former.id, former.name, held.count::int as count, ${SETTINGS_BY_NAME}
    from (
      select group_id, count(*) as count
      from primary_membership where customer_id in (select id from (${selectedIds(selection, group)}) selected)
        and group_id <> ${WALK_IN_GROUP}
      group by group_id
    ) held join customer_group former on former.id = held.group_id
    order by held.count desc, former.name
  `
  )
  const selected = groups.reduce((sum, { count }) => sum + count, 0)
  const already = groups.find(({ id }) => id === group.id)?.count ?? 0
  return { selected, already, from: groups.filter(({ id }) => id !== group.id) }
}

/**
 * What those selected customers owe who could no longer buy on account in this group, or in Default once they are
 * removed from it.
 */
export async function debtsOfSelected(
  em: Em,
  group: Group,
  purpose: Purpose,
  selection: Selection
): Promise<Debts | null> {
  if (group.isList) return null
  const selected = selectedIds(selection, group)
  const about = selection.filter ? selection.matched : 0
  if (purpose === 'add') return debtsOnJoining(em, group, selected, { about })
  if (!sellsOnAccount(group)) return null
  const members = sql<{ id: number }>`
    select id from (${selected}) selected join primary_membership on customer_id = id and group_id = ${group.id}
  `
  return debtsOnJoining(em, await findGroup(em, DEFAULT_GROUP), members, { about })
}

/** Which of some customers are in a group. */
export async function findMembers(em: Em, group: Group, ids: number[]): Promise<Set<number>> {
  const found = await rows(
    em,
    sql<{ id: number }>`
    select customer_id as id from membership where group_id = ${group.id} and customer_id = any(${ids}::int[])
  `
  )
  return new Set(found.map(({ id }) => id))
}
