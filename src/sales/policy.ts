import { WALK_IN_GROUP } from '../db/fixed.ts'
import type { Group } from '../groups/group.ts'
import type { SettingValues } from '../groups/settings.ts'
import type { Decimal } from '../lib/format.ts'
import { isNothing, shortest } from '../lib/money.ts'
import { isDiscountOver } from './discount-limit.ts'
import { isReturned, type Sale } from './sale.ts'

/** One thing a till may or may not do for a customer, and which group decided. */
export interface Permission {
  what: 'Purchases' | 'On-account sale' | 'Manual discounts'
  isAllowed: boolean
  why: string
}

export type Settings = Pick<Group, 'id' | 'name'> & SettingValues

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
  const { name, allowsDiscounts, restrictsPurchases, largestDiscount } = group
  if (!allowsDiscounts) return `Customers in ${name} can’t be given manual discounts.`
  if (restrictsPurchases) return nothing(group)
  const limit = largestDiscount ? ` of up to ${shortest(largestDiscount)}%` : ''
  return `The cashier can give customers in ${name} manual discounts${limit}.`
}

/** By what a sale is decided, as it was read. */
export interface Policy {
  /** The customer's primary group, and the version of its settings. */
  group: Settings & { version: number }
  /** How many decimals the currency has. */
  decimals: number
}

/** Why policy refuses a sale; what tills know it by. */
export type RefusalCode =
  | 'purchase-restricted'
  | 'on-account-not-allowed'
  | 'manual-discount-not-allowed'
  | 'manual-discount-too-large'

/** Whether a till takes a sale, and in a sentence for the cashier which group decided so and why. */
export type Decision =
  | { isTaken: true; sentence: string }
  | { isTaken: false; code: RefusalCode; sentence: string; maxPercent?: Decimal }

/**
 * Decides about a sale, and nothing else does. What is brought back is always taken, whatever was taken off it: a return pays
 * out and lowers what is owed (docs/rules.md, 22).
 */
export function decide({ group, decimals }: Policy, { lines, tenders }: Pick<Sale, 'lines' | 'tenders'>): Decision {
  const sold = lines.filter((line) => !isReturned(line))
  if (sold.length > 0 && group.restrictsPurchases) {
    const message = group.purchaseMessage ? ` ${group.purchaseMessage}` : ''
    return refused('purchase-restricted', nothing(group) + message)
  }
  if (Number(tenders.onAccount) !== 0 && group.id === WALK_IN_GROUP) {
    const isReturn = Number(tenders.onAccount) < 0
    const sentence = isReturn
      ? 'Walk-in has no account: pay out what is brought back.'
      : 'Walk-in sales are paid at once.'
    return refused('on-account-not-allowed', sentence)
  }
  if (isOnAccount({ tenders }) && !group.allowsOnAccount) {
    const sentence = `Customers in ${group.name} must pay at the till. The group doesn’t allow on-account sales.`
    return refused('on-account-not-allowed', sentence)
  }
  if (sold.some(({ discount }) => Number(discount) > 0) && !group.allowsDiscounts) {
    return refused('manual-discount-not-allowed', `Customers in ${group.name} can’t be given manual discounts.`)
  }
  const { largestDiscount } = group
  if (largestDiscount && sold.some((line) => isDiscountOver(largestDiscount, line, decimals))) {
    const sentence = `Customers in ${group.name} can be given at most ${shortest(largestDiscount)}% off.`
    return { ...refused('manual-discount-too-large', sentence), maxPercent: shortest(largestDiscount) }
  }
  return { isTaken: true, sentence: inOneSentence(group) }
}

/** What a group lets a till do: as it is kept with a sale that was taken, and as tills are told. */
export function inOneSentence(group: Settings): string {
  const { name, restrictsPurchases, automaticDiscount } = group
  if (restrictsPurchases) return `${name}: can’t buy at all, but can bring things back.`
  const account = sellsOnAccount(group) ? 'may buy on account' : 'pays at the till'
  if (!automaticDiscount || isNothing(automaticDiscount)) return `${name}: ${account}, ${byHand(group, ' off')}.`
  return `${name}: ${account}, ${shortest(automaticDiscount)}% off by itself, ${byHand(group, '')}.`
}

function byHand(group: Settings, off: string): string {
  if (!givesDiscounts(group)) return 'no discount by hand'
  return group.largestDiscount ? `up to ${shortest(group.largestDiscount)}%${off} by hand` : 'discounts by hand'
}

const refused = (code: RefusalCode, sentence: string) => ({ isTaken: false as const, code, sentence })

/** Whether the customer owes more after it. */
export function isOnAccount({ tenders }: Pick<Sale, 'tenders'>): boolean {
  return Number(tenders.onAccount) > 0
}
