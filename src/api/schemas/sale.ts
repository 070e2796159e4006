import { z } from 'zod'
import { listOf, moment, money, moneyAnswer, place, quantity, quantityAnswer, rowId, text, uuid } from './values.ts'

const NOTHING = '0'

const line = z
  .strictObject({
    sku: text('The product code', 100),
    name: text('The product name', 300),
    quantity,
    amount: money.describe('The line’s total, after all discounts.'),
    discount: money
      .refine((value) => !value.startsWith('-'), 'A discount can’t be negative.')
      .default(NOTHING)
      .describe('What was taken off the line by hand.')
  })
  .meta({ id: 'NewLine' })

const tenders = z
  .strictObject({
    cash: money.default(NOTHING),
    card: money.default(NOTHING),
    on_account: money.default(NOTHING),
    other: money.default(NOTHING)
  })
  .meta({ id: 'NewTenders' })

/** A sale as a till sends it. That it adds up, and how many decimals its amounts have, src/api/new-sale.ts checks. */
export const newSaleSchema = z
  .strictObject({
    id: uuid.describe('Made by the till, before it sends the sale; sent again it is the same sale.'),
    receipt: text('The receipt number', 80).describe('Unique within its till.'),
    customer_id: rowId.nullable().describe('Null: a walk-in.'),
    sold_at: z.iso.datetime({ offset: true }).meta({ id: 'SoldAt', format: 'date-time', pattern: undefined }),
    lines: z.array(line).min(1, 'A sale needs at least one line.').max(1000, 'A sale can have at most 1,000 lines.'),
    tenders,
    rounding: money.default(NOTHING).describe('Lines are tenders plus this; below 1 unit either way.'),
    returns: uuid.nullable().default(null).describe('The sale of which something is brought back.'),
    cashier: text('The cashier', 100).nullable().default(null)
  })
  .meta({ id: 'NewSale' })

export type NewSaleBody = z.output<typeof newSaleSchema>

/** Why a sale was taken, or refused. */
export const decisionSchema = z
  .object({
    group_id: rowId.nullable().describe('The customer’s primary group, which decided.'),
    settings_version: z.int().nullable(),
    sentence: z.string()
  })
  .meta({ id: 'Decision' })

const saleLine = z
  .object({
    sku: z.string(),
    name: z.string(),
    quantity: quantityAnswer,
    amount: moneyAnswer,
    discount: moneyAnswer
  })
  .meta({ id: 'Line' })

const flag = z.object({ code: z.string(), detail: z.string() }).meta({ id: 'Flag' })

export const saleSchema = z
  .object({
    id: z.string().meta({ format: 'uuid' }),
    receipt: z.string(),
    shop: place,
    till: place,
    customer_id: rowId.nullable().describe('Null: a walk-in, or somebody who has been erased.'),
    sold_at: moment,
    received_at: moment.nullable().describe('Null of sales from before tills had keys.'),
    lines: z.array(saleLine),
    tenders: z
      .object({ cash: moneyAnswer, card: moneyAnswer, on_account: moneyAnswer, other: moneyAnswer })
      .meta({ id: 'Tenders' }),
    rounding: moneyAnswer,
    total: moneyAnswer,
    returns: z.string().nullable(),
    cashier: z.string().nullable(),
    flagged: z.boolean().describe('It stands, or stood, in To review.'),
    flags: z.array(flag).describe('Why.'),
    decision: decisionSchema.nullable().describe('Null of sales from before decisions were kept.')
  })
  .meta({ id: 'Sale' })

export const saleList = listOf(saleSchema, 'SaleList')

export type SaleAnswer = z.output<typeof saleSchema>
