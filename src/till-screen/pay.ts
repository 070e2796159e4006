import type { Em } from '../db/orm.ts'
import { RuleError } from '../lib/errors.ts'
import type { Decimal } from '../lib/format.ts'
import { isNegative, isNothing } from '../lib/money.ts'
import type { Refusal } from '../sales/judge.ts'
import { recordSales } from '../sales/record.ts'
import { saleSchema } from '../sales/sale.ts'
import { amountsOf, type Terms } from './amounts.ts'
import { type Cart, type CartLine, closeCart, renumber } from './cart.ts'
import type { TillBrowser } from './till-browser.ts'

export type TenderName = 'cash' | 'card' | 'onAccount' | 'other'
export type Tenders = Record<TenderName, Decimal>

interface Paying {
  browser: TillBrowser
  cashier: string
  now: Date
  decimals: number
}

/** What becomes of a cart: a sale, a refusal by policy, or something about it that can't be sold as it is. */
export type Paid = { result: 'sold' } | { result: 'refused'; refusal: Refusal } | { result: 'wrong'; sentence: string }

/** So often another receipt number is tried. */
const TRIES = 3

/**
 * Records the sale that a cart has become. Sent twice, also at once, it is one sale: the one that was recorded first under the
 * cart's id.
 */
export async function pay(em: Em, cart: Cart, tenders: Tenders, paying: Paying): Promise<Paid> {
  const { browser, now, decimals } = paying
  let numbered = cart
  for (let tries = 0; tries < TRIES; tries++) {
    const sale = toSale(numbered, tenders, paying)
    if (typeof sale === 'string') return { result: 'wrong', sentence: sale }
    const [outcome] = await recordSales(em, [sale], { manner: 'asks', now, decimals })
    switch (outcome?.result) {
      case 'refused':
        return { result: 'refused', refusal: outcome.refusal }
      case 'recorded':
      case 'repeated':
      case 'idempotency-key-reused':
        await closeCart(em, cart.id)
        return { result: 'sold' }
      case 'receipt-taken':
        numbered = await renumber(em, numbered, browser.till.id)
        break
      case 'failed':
        throw outcome.error
      default:
        throw new Error(`A cart was paid with the result ${outcome?.result}`)
    }
  }
  throw new RuleError(
    'Another program uses the receipt numbers of this till. Ask an admin to give it a till of its own.'
  )
}

function toSale(cart: Cart, tenders: Tenders, { browser, cashier, now, decimals }: Paying) {
  const lines = cart.lines.filter(({ quantity }) => !isNothing(quantity))
  const terms = { decimals, automatic: cart.automatic }
  const unpriced = lines.find((line) => amountsOf(line, terms) === null)
  if (unpriced) return `Enter the price of ${unpriced.name}.`
  const sale = saleSchema.safeParse({
    id: cart.id,
    till: browser.till.id,
    receipt: cart.receipt,
    customerId: cart.customerId,
    soldAt: now,
    lines: lines.map((line) => toLine(line, terms)),
    tenders,
    returns: lines.some(({ leftUnits }) => leftUnits !== null) ? cart.returns : null,
    cashier
  })
  if (!sale.success) return sale.error.issues[0]?.message ?? 'This can’t be sold as it is.'
  const tooMuchOff = sale.data.lines.find(({ quantity, amount }) => !isNegative(quantity) && isNegative(amount))
  return tooMuchOff ? `More is taken off ${tooMuchOff.name} than it costs.` : sale.data
}

function toLine(line: CartLine, terms: Terms) {
  const { quantity, amount, discount } = amountsOf(line, terms) ?? NOTHING
  return { sku: line.sku, name: line.name, quantity, amount, discount }
}

const NOTHING = { quantity: '0', amount: '0', discount: '0' }
