import { sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { findGroup } from '../groups/queries.ts'
import { givesDiscounts, sellsOnAccount } from '../sales/policy.ts'
import { type Debts, debtsOfMembers } from './debts.ts'

/** What the deletion of a group would change besides ending its memberships. */
export interface Impact {
  /** Its members could no longer buy on account, or get manual discounts. */
  losesOnAccount: boolean
  losesDiscounts: boolean
  /** The debts of members who could no longer buy on account; null if there are none. */
  debts: Debts | null
  /** Selections on the group's pickers, by any staff member, that are neither empty nor carried out. */
  selections: number
  /** Unfinished imports into the group. */
  imports: number
}

export async function findImpact(em: Em, group: Group): Promise<Impact> {
  const next = await findGroup(em, DEFAULT_GROUP)
  const [debts, open] = await Promise.all([debtsOfMembers(em, group, next), countOpen(em, group.id)])
  return {
    losesOnAccount: sellsOnAccount(group) && !sellsOnAccount(next),
    losesDiscounts: givesDiscounts(group) && !givesDiscounts(next),
    debts,
    ...open
  }
}

async function countOpen(em: Em, groupId: number): Promise<Pick<Impact, 'selections' | 'imports'>> {
  const open = await row(
    em,
    sql<Pick<Impact, 'selections' | 'imports'>>`
    select (
        select count(*)::int from selection
        where group_id = ${groupId} and not exists (select from bulk_operation where selection_id = selection.id)
          and (filter is not null or exists (select from selection_tick where selection_id = selection.id and is_ticked))
      ) as selections,
      (
        select count(*)::int from file_import
        where group_id = ${groupId} and state not in ('done', 'cancelled', 'failed')
      ) as imports
  `
  )
  return open ?? { selections: 0, imports: 0 }
}
