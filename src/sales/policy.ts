import { DEFAULT_GROUP, WALK_IN_GROUP } from '../db/fixed.ts'
import type { Group } from '../groups/group.ts'
import type { Sale } from './sale.ts'

/** One thing a till may or may not do for a customer, and which group decided. */
export interface Permission {
  what: 'Purchases' | 'On-account sale' | 'Manual discounts'
  isAllowed: boolean
  why: string
}

export type Settings = Pick<Group, 'id' | 'name' | 'restrictsPurchases' | 'allowsOnAccount' | 'allowsDiscounts'>

/** Whether customers in a group can buy now and pay later: not if they can't buy at all. */
export function sellsOnAccount(group: Pick<Settings, 'allowsOnAccount' | 'restrictsPurchases'>): boolean {
  return group.allowsOnAccount && !group.restrictsPurchases
}

/** Whether a cashier can give them a discount: likewise. */
export function givesDiscounts(group: Pick<Settings, 'allowsDiscounts' | 'restrictsPurchases'>): boolean {
  return group.allowsDiscounts && !group.restrictsPurchases
}

/** What a customer's primary group lets a till do, and why: in the words of the cashier. */
export function policyOf(group: Settings): Permission[] {
  return [
    {
      what: 'Purchases',
      isAllowed: !group.restrictsPurchases,
      why: group.restrictsPurchases ? nothing(group) : `Customers in ${group.name} can buy.`
    },
    {
      what: 'On-account sale',
      isAllowed: sellsOnAccount(group),
      why: onAccount(group)
    },
    {
      what: 'Manual discounts',
      isAllowed: givesDiscounts(group),
      why: discounts(group)
    }
  ]
}

/** Who can't buy gets nothing on account, and no discount, whatever else the group allows. */
function nothing({ name }: Settings): string {
  return `Customers in ${name} can’t buy at all.`
}

function onAccount(group: Settings): string {
  const { id, name, allowsOnAccount, restrictsPurchases } = group
  if (id === WALK_IN_GROUP) return 'Walk-in sales are paid at once.'
  if (!allowsOnAccount) return `Customers in ${name} pay at the till.`
  return restrictsPurchases ? nothing(group) : `Customers in ${name} can buy now and pay later.`
}

function discounts(group: Settings): string {
  const { name, allowsDiscounts, restrictsPurchases } = group
  if (!allowsDiscounts) return `Customers in ${name} can’t be given manual discounts.`
  return restrictsPurchases ? nothing(group) : `The cashier can give customers in ${name} manual discounts.`
}

/**
 * Why a till must not take a sale of a customer in this primary group, in words for the cashier; null if it may. What is
 * brought back is always taken, whatever was taken off it: a return pays out and lowers what is owed (docs/rules.md, 22).
 */
export function decide(group: Settings, { lines, tenders }: Pick<Sale, 'lines' | 'tenders'>): string | null {
  const buys = lines.some(({ quantity }) => Number(quantity) > 0)
  if (buys && group.restrictsPurchases) return nothing(group)
  if (Number(tenders.onAccount) !== 0 && group.id === WALK_IN_GROUP) return 'Walk-in sales are paid at once.'
  if (Number(tenders.onAccount) > 0 && !group.allowsOnAccount) {
    return `Customers in ${group.name} must pay at the till. The group doesn’t allow on-account sales.`
  }
  const isDiscounted = lines.some(({ quantity, discount }) => Number(quantity) > 0 && Number(discount) > 0)
  if (isDiscounted && !group.allowsDiscounts) {
    return `Customers in ${group.name} can’t be given manual discounts.`
  }
  return null
}

/** How many ways there are to set a primary group, to be the Walk-in one included. */
const WAYS = 16

/**
 * Under which settings of a primary group a sale is taken: a bit for each way to set it, numbered as `record_sales` of the
 * database numbers them. So the database finds out which settings count at the moment of recording, and decides nothing.
 */
export function takenUnder(sale: Pick<Sale, 'lines' | 'tenders'>): number {
  const ways = Array.from({ length: WAYS }, (_, way) => (decide(settingsOf(way), sale) === null ? 1 << way : 0))
  return ways.reduce((taken, bit) => taken | bit, 0)
}

function settingsOf(way: number): Settings {
  return {
    id: way & 8 ? WALK_IN_GROUP : DEFAULT_GROUP,
    name: '',
    restrictsPurchases: (way & 1) !== 0,
    allowsOnAccount: (way & 2) !== 0,
    allowsDiscounts: (way & 4) !== 0
  }
}
