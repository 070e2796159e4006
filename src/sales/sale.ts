import { createHash, randomUUID } from 'node:crypto'
import { z } from 'zod'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { id, requiredLine } from '../lib/fields.ts'
import { isNegative, shortest, thousandths } from '../lib/money.ts'

/** Exact, with up to three decimals, as text: a float would lose cents (docs/rules.md, 13). */
const decimal = z.string().regex(/^-?\d{1,9}(\.\d{1,3})?$/, {
  error: 'An amount or a quantity must be a decimal number such as 12 or 9.99.',
  abort: true
})
const NOTHING = '0'

const line = z.object({
  sku: requiredLine('The product code', 100, 'Each line needs a product code.'),
  name: requiredLine('The product name', 300, 'Each line needs a product name.'),
  /** Negative for what is brought back. */
  quantity: decimal.refine((value) => Number(value) !== 0, 'The quantity of a line can’t be 0.'),
  /** What is paid for the whole line, after the discount. */
  amount: decimal,
  /** Taken off by hand at the till. */
  discount: decimal.refine((value) => Number(value) >= 0, 'A discount can’t be negative.').default(NOTHING)
})

const tenders = z.object({
  cash: decimal.default(NOTHING),
  card: decimal.default(NOTHING),
  onAccount: decimal.default(NOTHING),
  other: decimal.default(NOTHING)
})

/** A sale as a till tells it. The till makes the id, so that whatever is sent again is known; a receipt number is its own at its till. */
export const saleSchema = z
  .object({
    id: z.uuid().default(randomUUID),
    till: id,
    receipt: requiredLine('The receipt number', 80, 'A sale needs a receipt number.'),
    /** The walk-in customer stands for whoever leaves no name. */
    customerId: id.default(WALK_IN_CUSTOMER),
    soldAt: z.date(),
    lines: z.array(line).min(1, 'A sale needs at least one line.').max(1000, 'A sale can have at most 1,000 lines.'),
    tenders,
    /** What was rounded away from the total so that coins can pay it; less than 1 unit either way. */
    rounding: decimal.default(NOTHING),
    /** The sale of which something is brought back. */
    returns: z.uuid().nullable().default(null),
    cashier: z.string().nullable().default(null)
  })
  .refine((sale) => addsUp(sale), 'The payments must add up to the total of the lines.')

export type NewSale = z.input<typeof saleSchema>
export type Sale = z.output<typeof saleSchema>
export type Line = z.output<typeof line>

interface Sums {
  lines: Line[]
  tenders: z.output<typeof tenders>
  rounding: string
}

/** Whether the lines come to what was paid and rounded away; compared as whole thousandths. */
export function addsUp({ lines, tenders, rounding }: Sums): boolean {
  return totalOf(lines) === sum([...Object.values(tenders), rounding])
}

/** In thousandths. */
export const totalOf = (lines: Pick<Line, 'amount'>[]): bigint => sum(lines.map(({ amount }) => amount))

export const isReturned = ({ quantity }: Pick<Line, 'quantity'>): boolean => isNegative(quantity)

function sum(amounts: string[]): bigint {
  return amounts.reduce((total, amount) => total + thousandths(amount), 0n)
}

/**
 * Tells whether two sales of the same id are the same: a hash (SHA-256, in hex) of all that was told, with what was left out
 * filled in and numbers written one way.
 */
export function fingerprintOf({ lines, tenders, ...sale }: Sale): string {
  const { id, receipt, customerId, soldAt, rounding, returns, cashier } = sale
  const told = [
    [id, receipt, customerId, soldAt.toISOString(), plain(rounding), returns, cashier],
    [tenders.cash, tenders.card, tenders.onAccount, tenders.other].map(plain),
    lines.map(({ sku, name, quantity, amount, discount }) => [
      sku,
      name,
      plain(quantity),
      plain(amount),
      plain(discount)
    ])
  ]
  return createHash('sha256').update(JSON.stringify(told)).digest('hex')
}

/** "-0" and "0.00" are "0", "01.50" is "1.5". */
export function plain(value: string): string {
  const [, sign = '', digits = ''] = /^(-?)0*(?=\d)(.*)$/.exec(shortest(value)) ?? []
  return digits === '0' ? '0' : `${sign}${digits}`
}
