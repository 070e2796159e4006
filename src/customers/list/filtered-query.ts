/** What a filter makes of a list: the customer query of the list, narrowed to the customers whom the filter means. */
import type { Em } from '../../db/orm.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { countMembers } from '../../figures/queries.ts'
import { findByName } from '../../groups/choices.ts'
import { findShopName } from '../../tills/choices.ts'
import type { CustomerQuery, MemberSet } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { conditionsOf } from './filter-conditions.ts'
import { NO_SUCH_SHOP } from './filter-fields.ts'

/** Of a list's customers those whom a filter means; `groups` are what findFilterGroups() has found for it. */
export function filtered(
  list: CustomerQuery,
  filter: CustomerFilter,
  groups: MemberSet[],
  day: RetailersDay
): CustomerQuery {
  return {
    ...list,
    within: [...list.within, ...groups],
    conditions: [...list.conditions, ...conditionsOf(filter, day)]
  }
}

/** The group that a filter names, if it names one. That there is no such group or shop is noted in the filter's errors. */
export async function findFilterGroups(em: Em, filter: CustomerFilter): Promise<MemberSet[]> {
  await findFilterShop(em, filter)
  return filter.values.group ? [await findFilterGroup(em, filter.values.group, filter)] : []
}

/** Has a filter say the name of its shop. That there is no such shop is noted in the filter's errors. */
export async function findFilterShop(em: Em, filter: CustomerFilter): Promise<void> {
  const { shop } = filter.values
  if (shop === undefined) return
  filter.shopName = await findShopName(em, shop)
  if (filter.shopName === undefined) filter.errors.shop = NO_SUCH_SHOP
}

const NOBODY: MemberSet = { groupId: 0, isList: false, size: 0 }

async function findFilterGroup(em: Em, name: string, { errors }: CustomerFilter): Promise<MemberSet> {
  const group = await findByName(em, name)
  if (!group) {
    errors.group = `There is no group called “${name}”.`
    return NOBODY
  }
  return { groupId: group.id, isList: group.kind === 'list', size: await countMembers(em, group.id) }
}
