import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { inUnits, isNegative, thousandths, withDecimals } from '../lib/money.ts'
import { addsUp, isReturned, type Sale, totalOf } from '../sales/sale.ts'
import type { FieldProblem } from './field-problems.ts'
import { Problem } from './problem.ts'
import type { NewSaleBody } from './schemas/sale.ts'

const EARLIEST = new Date('2000-01-01T00:00:00Z')
/** A till's clock may be as far ahead of ours. */
const AHEAD_MS = 24 * 60 * 60 * 1000

/** Under what a sale is read. */
interface Reading {
  till: number
  now: Date
  /** How many decimals the currency has. */
  decimals: number
}

/**
 * The sale that a till has sent.
 * @throws Problem (400) if it does not add up, is too precise for the currency, or is of no time that can be.
 */
export function toSale(body: NewSaleBody, { till, now, decimals }: Reading): Sale {
  const { customer_id, sold_at, tenders, ...rest } = body
  const { cash, card, on_account, other } = tenders
  const sale = {
    ...rest,
    till,
    customerId: customer_id ?? WALK_IN_CUSTOMER,
    soldAt: new Date(sold_at),
    tenders: { cash, card, onAccount: on_account, other }
  }
  const errors = [...tooPrecise(body, decimals), ...signs(sale), ...sums(sale, decimals), ...times(sale.soldAt, now)]
  const [first] = errors
  if (first) throw new Problem(400, 'invalid', first.detail, { errors: errors.slice(0, 20) })
  return sale
}

function tooPrecise({ lines, tenders, rounding }: NewSaleBody, decimals: number): FieldProblem[] {
  const amounts: [string, string][] = [
    ...lines.flatMap(({ amount, discount }, place): [string, string][] => [
      [`/lines/${place}/amount`, amount],
      [`/lines/${place}/discount`, discount]
    ]),
    ...Object.entries(tenders).map(([name, amount]): [string, string] => [`/tenders/${name}`, amount]),
    ['/rounding', rounding]
  ]
  const detail = decimals === 0 ? 'Amounts have no decimals.' : `Amounts have at most ${decimals} decimals.`
  return amounts
    .filter(([, amount]) => (amount.split('.')[1] ?? '').length > decimals)
    .map(([pointer]) => ({ pointer, code: 'too-precise', detail }))
}

/** What is sold is paid for, and for what is brought back money is given. */
function signs({ lines, tenders }: Sale): FieldProblem[] {
  const odd = lines.flatMap(({ quantity, amount }, place) => {
    const isOdd = thousandths(amount) !== 0n && isNegative(quantity) !== isNegative(amount)
    const detail = 'The quantity and the amount of a line are both negative, or neither is.'
    return isOdd ? [{ pointer: `/lines/${place}/amount`, code: 'sign', detail }] : []
  })
  // Whoever pays what they owe makes no sale; only what is brought back lowers it, by what it was worth.
  if (thousandths(tenders.onAccount) >= totalOf(lines.filter(isReturned))) return odd
  const detail = 'On account, a sale lowers what is owed only by what is brought back.'
  return [...odd, { pointer: '/tenders/on_account', code: 'sign', detail }]
}

function sums(sale: Sale, decimals: number): FieldProblem[] {
  const rounding = thousandths(sale.rounding)
  if (rounding >= 1000n || rounding <= -1000n) {
    return [{ pointer: '/rounding', code: 'too-large', detail: 'The rounding must be below 1 unit.' }]
  }
  if (addsUp(sale)) return []
  const detail = `The payments and the rounding must add up to the total of the lines, ${withDecimals(inUnits(totalOf(sale.lines)), decimals)}.`
  return [{ pointer: '/tenders', code: 'sum', detail }]
}

function times(soldAt: Date, now: Date): FieldProblem[] {
  if (Number.isNaN(soldAt.getTime()) || soldAt < EARLIEST) {
    return [{ pointer: '/sold_at', code: 'too-small', detail: 'The time of a sale must be in 2000 or later.' }]
  }
  if (soldAt.getTime() - now.getTime() <= AHEAD_MS) return []
  return [{ pointer: '/sold_at', code: 'too-large', detail: 'The time of a sale can be at most 24 hours ahead.' }]
}
