import type { Group } from '../groups/group.ts'
import { WALK_IN_GROUP } from '../groups/group.ts'

/** One thing a till may or may not do for a customer, and which group decided. */
export interface Permission {
  what: 'Purchases' | 'On-account sale' | 'Manual discounts'
  isAllowed: boolean
  why: string
}

type Settings = Pick<Group, 'id' | 'name' | 'restrictsPurchases' | 'allowsOnAccount' | 'allowsDiscounts'>

/** What a customer's primary group lets a till do, and why: in the words of the cashier. */
export function policyOf(group: Settings): Permission[] {
  return [
    {
      what: 'Purchases',
      isAllowed: !group.restrictsPurchases,
      why: group.restrictsPurchases
        ? `Customers in ${group.name} can’t buy at all.`
        : `Customers in ${group.name} can buy.`
    },
    {
      what: 'On-account sale',
      isAllowed: group.allowsOnAccount && !group.restrictsPurchases,
      why: onAccount(group)
    },
    {
      what: 'Manual discounts',
      isAllowed: group.allowsDiscounts && !group.restrictsPurchases,
      why: group.allowsDiscounts
        ? `The cashier may give customers in ${group.name} a discount by hand.`
        : `The till refuses discounts given by hand to customers in ${group.name}.`
    }
  ]
}

function onAccount({ id, name, allowsOnAccount }: Settings): string {
  if (id === WALK_IN_GROUP) return 'Nobody who leaves no name can pay later.'
  return allowsOnAccount ? `Customers in ${name} may buy now and pay later.` : `Customers in ${name} pay at the till.`
}
