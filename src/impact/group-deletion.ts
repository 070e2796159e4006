import { sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { findGroup } from '../groups/queries.ts'
import { givesDiscounts, sellsOnAccount } from '../sales/policy.ts'
import { type Debts, debtsOfMembers } from './debts.ts'

/** What a group's deletion would end, beside its memberships. */
export interface Impact {
  /** Its members could not buy on account any more, or be given discounts by hand. */
  losesOnAccount: boolean
  losesDiscounts: boolean
  /** Who of them owes something then. */
  debts: Debts | null
  /** Begun by anybody on its pickers, and neither empty nor spent. */
  selections: number
  /** On their way into it. */
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
