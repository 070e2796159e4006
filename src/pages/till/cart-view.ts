import type { Decimal } from '../../lib/format.ts'
import { decimalsOf, isNegative, isNothing, negated, shortest, writerOf } from '../../lib/money.ts'
import type { Retailer } from '../../retailer/retailer.ts'
import { type Amounts, amountsOf, differ, sumOf } from '../../till-screen/amounts.ts'
import type { Cart, CartLine } from '../../till-screen/cart.ts'

/** A line as its fields show it. */
export interface LineView {
  number: number
  sku: string
  name: string
  isReturn: boolean
  /** Of what is brought back: how much of it is left of the sale. */
  left: string | null
  quantity: string
  price: string
  discount: string
  /** What the product last sold for, where its price is another now. */
  usual: Decimal | null
  /** Null while the price is not known. */
  amount: Decimal | null
  /** Taken off by hand. */
  byHand: Decimal
}

export interface CartView extends Pick<Cart, 'id' | 'receipt' | 'customerId' | 'returns'> {
  lines: LineView[]
  units: Decimal
  byHand: Decimal
  /** What the customer's group has taken off by itself, and how much that is. */
  automatic: { percent: string; amount: Decimal } | null
  /** Below 0 is paid out. */
  total: Decimal
  /** The total without its sign, as it is paid or paid out. */
  due: Decimal
  paysOut: boolean
  /** There is something to sell or to bring back. */
  isReady: boolean
  /** What was typed into the fields of a split, and of lines that can't be read. */
  typed: Record<string, unknown>
}

export function cartView(
  cart: Cart,
  retailer: Pick<Retailer, 'locale' | 'currency'>,
  typed: CartView['typed']
): CartView {
  const terms = { decimals: decimalsOf(retailer.currency), automatic: cart.automatic }
  const write = writerOf(retailer)
  const worth = cart.lines.map((line) => ({ line, amounts: amountsOf(line, terms) }))
  const known = worth.flatMap(({ amounts }) => amounts ?? [])
  const total = totalOf(cart, terms.decimals)
  return {
    id: cart.id,
    receipt: cart.receipt,
    customerId: cart.customerId,
    returns: cart.returns,
    lines: worth.map(({ line, amounts }) => lineView(line, amounts, write)),
    units: sumOf(cart.lines.map(({ quantity }) => quantity)),
    byHand: sumOf(known.map(({ discount }) => discount)),
    automatic: automaticOf(cart, known),
    total,
    due: isNegative(total) ? negated(total) : total,
    paysOut: isNegative(total),
    isReady: known.some(({ quantity }) => !isNothing(quantity)),
    typed
  }
}

function automaticOf({ automatic }: Cart, known: Amounts[]): CartView['automatic'] {
  if (automatic === null) return null
  return { percent: shortest(automatic), amount: sumOf(known.map((one) => one.automatic)) }
}

/** The sum of all lines whose price is known. */
export function totalOf({ lines, automatic }: Cart, decimals: number): Decimal {
  return sumOf(lines.flatMap((line) => amountsOf(line, { decimals, automatic })?.amount ?? []))
}

function lineView(line: CartLine, amounts: Amounts | null, write: ReturnType<typeof writerOf>): LineView {
  const { number, sku, name, quantity, price, usual, discount, percent, leftUnits } = line
  const off = percent === null ? discount && write.amount(discount) : `${write.quantity(percent)}%`
  return {
    number,
    sku,
    name,
    isReturn: leftUnits !== null,
    left: leftUnits && write.quantity(leftUnits),
    quantity: write.quantity(quantity),
    price: price === null ? '' : write.amount(price),
    discount: off ?? '',
    usual: usual !== null && price !== null && differ(usual, price) ? usual : null,
    amount: amounts?.amount ?? null,
    byHand: amounts?.discount ?? '0'
  }
}
