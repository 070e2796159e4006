import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { Refusal, RuleError } from '../lib/errors.ts'
import type { SignedIn } from '../staff/sessions.ts'
import type { Group } from './group.ts'
import { findGroup } from './queries.ts'

/**
 * The names of those of some groups that a user can move customers out of but not back into. Managers can always do
 * both.
 */
export async function noWayBack(em: Em, groups: RawBuilder<{ id: number }>, user: SignedIn): Promise<string[]> {
  if (user.may('manager')) return []
  const found = await rows(
    em,
    sql<{ name: string }>`
    select name from customer_group
    where id in (select id from (${groups}) left_behind) and (allows_on_account or allows_discounts) order by name
  `
  )
  return found.map(({ name }) => name)
}

/**
 * Whether a user may remove customers from a group. Those who leave a primary group go to Default, which may itself be
 * closed to staff.
 */
export async function mayRemove(em: Em, group: Group, user: SignedIn): Promise<boolean> {
  if (group.system) return false
  return group.isList || user.may('manager') || (await findGroup(em, DEFAULT_GROUP)).mayTake(user)
}

export async function refuseRemoving(em: Em, group: Group, user: SignedIn): Promise<void> {
  if (await mayRemove(em, group, user)) return
  if (group.system === 'default')
    throw new RuleError('Customers can’t be removed from Default. Move them to another group.')
  if (group.system) throw new RuleError('The walk-in customer can’t be removed from Walk-in.')
  throw new Refusal(
    403,
    `Customers removed from ${group.name} go to Default, which allows on-account sale or manual discounts, so only managers and admins can remove them.`
  )
}
