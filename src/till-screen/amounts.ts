import type { Decimal } from '../lib/format.ts'
import { inUnits, shortest, thousandths } from '../lib/money.ts'

/** What a line of a cart is worth, as its sale tells it. */
export interface Amounts {
  /** Negative for what is brought back. */
  quantity: Decimal
  /** After what is taken off by hand. */
  amount: Decimal
  /** Taken off by hand: as a discount, or by a price below what the product last sold for. */
  discount: Decimal
  /** Taken off by the customer's group by itself; the amount is after it. */
  automatic: Decimal
}

/** What is typed of a line. */
export interface Typed {
  quantity: Decimal
  price: Decimal | null
  usual: Decimal | null
  discount: Decimal | null
  percent: Decimal | null
  leftUnits: Decimal | null
  leftMoney: Decimal | null
}

const ONE = 1_000n
const HUNDRED_PERCENT = 100n * ONE

/** By what a line is worked out. */
export interface Terms {
  /** How many decimals the currency has. */
  decimals: number
  /** What the customer's group takes off by itself, in percent; null: nothing. */
  automatic: Decimal | null
}

/** To the smallest coin, exactly; null while the price is not known. */
export function amountsOf(line: Typed, { decimals, automatic }: Terms): Amounts | null {
  const { leftUnits, leftMoney } = line
  if (leftUnits !== null && leftMoney !== null) return broughtBack(line.quantity, leftUnits, leftMoney, decimals)
  if (line.price === null) return null
  const quantity = thousandths(line.quantity)
  const percentOf = (value: bigint, percent: Decimal | null) =>
    percent === null ? 0n : toCoins(value * thousandths(percent), HUNDRED_PERCENT, decimals)
  const chargedAt = (price: bigint) => {
    const full = toCoins(quantity * price, ONE, decimals)
    const off = percentOf(full, automatic)
    return { off, charged: full - off }
  }
  const price = thousandths(line.price)
  const usual = line.usual === null ? price : thousandths(line.usual)
  const { charged, off } = chargedAt(price)
  const byHand = line.percent === null ? thousandths(line.discount ?? '0') : percentOf(charged, line.percent)
  const before = usual > price ? chargedAt(usual).charged : charged
  return {
    quantity: line.quantity,
    amount: inUnits(charged - byHand),
    discount: inUnits(before - charged + byHand),
    automatic: inUnits(off)
  }
}

/** The same share of what was paid for all that is left; all of it for the last unit. */
function broughtBack(quantity: Decimal, leftUnits: Decimal, leftMoney: Decimal, decimals: number): Amounts {
  const [units, left, money] = [thousandths(quantity), thousandths(leftUnits), thousandths(leftMoney)]
  const back = units === left ? money : downToCoins((money * units) / left, decimals)
  return { quantity: inUnits(-units), amount: inUnits(-back), discount: '0', automatic: '0' }
}

/** Divides and rounds half up to the smallest coin; in thousandths, never below 0. */
function toCoins(value: bigint, divisor: bigint, decimals: number): bigint {
  const coin = coinOf(decimals)
  return ((value * 2n + divisor * coin) / (2n * divisor * coin)) * coin
}

const downToCoins = (value: bigint, decimals: number) => value - (value % coinOf(decimals))
const coinOf = (decimals: number) => 10n ** BigInt(3 - decimals)

export const sumOf = (values: Decimal[]): Decimal =>
  inUnits(values.reduce((sum, value) => sum + thousandths(value), 0n))

export const differ = (one: Decimal, other: Decimal) => thousandths(one) !== thousandths(other)

export const minus = (one: Decimal, other: Decimal): Decimal => inUnits(thousandths(one) - thousandths(other))

/** Three more than one is "4". */
export const plusUnits = (quantity: Decimal, more: number): Decimal =>
  shortest(inUnits(thousandths(quantity) + BigInt(more) * ONE))
