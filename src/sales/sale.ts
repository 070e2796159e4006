import { z } from 'zod'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { id, requiredLine } from '../lib/fields.ts'
import { thousandths } from '../lib/money.ts'

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
  onAccount: decimal.default(NOTHING)
})

/** A receipt as a till tells it. Its number is its key: the same receipt again is the same sale. */
export const saleSchema = z
  .object({
    receipt: requiredLine('The receipt number', 80, 'A sale needs a receipt number.'),
    customerId: id.default(WALK_IN_CUSTOMER),
    soldAt: z.date(),
    lines: z.array(line).min(1, 'A sale needs at least one line.').max(1000, 'A sale can have at most 1,000 lines.'),
    tenders
  })
  .refine(
    ({ lines, tenders }) => sum(lines.map(({ amount }) => amount)) === sum(Object.values(tenders)),
    'The payments must add up to the total of the lines.'
  )

export type NewSale = z.input<typeof saleSchema>
export type Sale = z.output<typeof saleSchema>

/** Compared as whole thousandths. */
function sum(amounts: string[]): bigint {
  return amounts.reduce((total, amount) => total + thousandths(amount), 0n)
}
