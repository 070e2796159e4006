import { customers } from '../groups/sentences.ts'
import { givesDiscounts, type Settings, sellsOnAccount } from '../sales/policy.ts'

/** What a till may do, as a primary group sets it. */
export type Rights = Pick<Settings, 'restrictsPurchases' | 'allowsOnAccount' | 'allowsDiscounts'>

/** So many customers, from a primary group. */
type Source = Rights & { count: number }

/** How many could do something at a till that they can't in the group they move to; and the other way round. */
export interface Losses {
  purchases: number
  onAccount: number
  discounts: number
}

type Right = (group: Rights) => boolean
const RIGHTS: Record<keyof Losses, Right> = {
  purchases: ({ restrictsPurchases }) => !restrictsPurchases,
  onAccount: sellsOnAccount,
  discounts: givesDiscounts
}

export function lossesOf(target: Rights, from: Source[]): Losses {
  return counting(from, (can, source) => can(source) && !can(target))
}

export function gainsOf(target: Rights, from: Source[]): Losses {
  return counting(from, (can, source) => !can(source) && can(target))
}

function counting(from: Source[], isMeant: (can: Right, source: Rights) => boolean): Losses {
  const number = (can: Right) => from.reduce((sum, one) => sum + (isMeant(can, one) ? one.count : 0), 0)
  return {
    purchases: number(RIGHTS.purchases),
    onAccount: number(RIGHTS.onAccount),
    discounts: number(RIGHTS.discounts)
  }
}

/** A sentence for each; of those who can't buy at all that is all there is to say. Where somebody owes, on-account sale is told with that. */
export function lossesText({ purchases, onAccount, discounts }: Losses, someOwe: boolean): string[] {
  if (purchases) return [`${customers(purchases)} will no longer be able to buy at all.`]
  return [
    ...(onAccount && !someOwe
      ? [`${customers(onAccount)} will no longer be able to buy on account. Nothing is owed.`]
      : []),
    ...(discounts ? [`${customers(discounts)} will no longer be able to get manual discounts.`] : [])
  ]
}

export function gainsText({ purchases, onAccount, discounts }: Losses): string[] {
  const parts = [
    purchases && `${customers(purchases)} will be able to buy again.`,
    onAccount && `${customers(onAccount)} will be able to buy on account.`,
    discounts && `${customers(discounts)} will be able to get manual discounts.`
  ]
  return parts.filter((part) => part !== 0)
}
