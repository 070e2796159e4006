import type { Decimal } from '../lib/format.ts'
import { thousandths } from '../lib/money.ts'
import type { Line } from './sale.ts'

const HUNDRED_PERCENT = thousandths('100')

/**
 * Whether more was taken off a line than so many percent of its price before, which is its amount and discount together. The
 * most is rounded half up to the currency's smallest coin: of 1.25 and 10 percent it is 0.13. It is worked out exactly, as a
 * float would refuse what is just allowed.
 * @param percent from "0" to "100", with up to three decimals.
 * @param decimals how many the currency has, up to three.
 */
export function isDiscountOver(percent: Decimal, { amount, discount }: Line, decimals: number): boolean {
  const [paid, off] = [thousandths(amount), thousandths(discount)]
  const coin = 10n ** BigInt(3 - decimals)
  const halfCoins = (thousandths(percent) * (paid + off) * 2n) / (HUNDRED_PERCENT * coin)
  return off > 0n && off > ((halfCoins + 1n) / 2n) * coin
}
