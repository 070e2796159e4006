/** What a filter makes of a list: the customer query of the list, narrowed to the customers whom the filter means. */
import type { Em } from '../../db/orm.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { countMembers } from '../../figures/queries.ts'
import { findByName } from '../../groups/choices.ts'
import { findShopByName } from '../../tills/choices.ts'
import type { CustomerQuery, MemberSet } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { conditionsOf } from './filter-conditions.ts'

/** What a filter calls by name. */
export interface Named {
  /** The group, if it names one. */
  groups: MemberSet[]
  /** The shop; null if it names none. */
  shopId: number | null
}

/** Of a list's customers those whom a filter means; `named` is what findNamed() has found for it. */
export function filtered(
  list: CustomerQuery,
  filter: CustomerFilter,
  { groups, shopId }: Named,
  day: RetailersDay
): CustomerQuery {
  return {
    ...list,
    within: [...list.within, ...groups],
    conditions: [...list.conditions, ...conditionsOf(filter, day, shopId)]
  }
}

/** Looks up what a filter names. That there is no such group or shop is noted in the filter's errors. */
export async function findNamed(em: Em, filter: CustomerFilter): Promise<Named> {
  const { group, shop } = filter.values
  return {
    groups: group ? [await findFilterGroup(em, group, filter)] : [],
    shopId: shop ? await findFilterShop(em, shop, filter) : null
  }
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

const NOWHERE = 0

async function findFilterShop(em: Em, name: string, { errors }: CustomerFilter): Promise<number> {
  const shop = await findShopByName(em, name)
  if (!shop) errors.shop = `There is no shop called “${name}”.`
  return shop?.id ?? NOWHERE
}
