import { customers } from '../groups/sentences.ts'
import type { SettingValues } from '../groups/settings.ts'
import { givesDiscounts, sellsOnAccount } from '../sales/policy.ts'

/** A primary group that `count` customers come from. */
type FormerGroup = SettingValues & { count: number }

/** How many customers lose, or gain, each possibility at a till when they move to another group. */
export interface Losses {
  purchases: number
  onAccount: number
  discounts: number
}

type Right = (group: SettingValues) => boolean
const RIGHTS: Record<keyof Losses, Right> = {
  purchases: ({ restrictsPurchases }) => !restrictsPurchases,
  onAccount: sellsOnAccount,
  discounts: givesDiscounts
}

export function lossesOf(target: SettingValues, from: FormerGroup[]): Losses {
  return countWhere(from, (can, source) => can(source) && !can(target))
}

export function gainsOf(target: SettingValues, from: FormerGroup[]): Losses {
  return countWhere(from, (can, source) => !can(source) && can(target))
}

function countWhere(from: FormerGroup[], isMeant: (can: Right, source: SettingValues) => boolean): Losses {
  const number = (can: Right) => from.reduce((sum, one) => sum + (isMeant(can, one) ? one.count : 0), 0)
  return {
    purchases: number(RIGHTS.purchases),
    onAccount: number(RIGHTS.onAccount),
    discounts: number(RIGHTS.discounts)
  }
}

/**
 * One sentence for each loss. For customers who can't buy at all, there is nothing else to say. If somebody owes
 * something, on-account sale is left out, because the list of debtors mentions it.
 */
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
