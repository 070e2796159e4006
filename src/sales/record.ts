import { sql } from 'kysely'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { preparedRows, rows } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import { decide, takenUnder } from './policy.ts'
import { type NewSale, type Sale, saleSchema } from './sale.ts'

/** What became of a sale: `recorded`; `repeated`, if its receipt was recorded before; or refused, and why. */
export type Outcome = { receipt: string } & ({ result: 'recorded' | 'repeated' } | { result: 'refused'; why: string })

/**
 * Records one sale, or throws a RuleError that says why the till must not take it. The same receipt again changes nothing.
 * Its customer's totals and account follow in the same transaction; the figures of groups within seconds.
 */
export async function recordSale(em: Em, sale: NewSale): Promise<Outcome> {
  const [outcome] = await recordSales(em, [sale])
  if (!outcome) throw new Error('A sale has no outcome')
  if (outcome.result === 'refused') throw new RuleError(outcome.why)
  return outcome
}

/** Records the sales that a till kept while it was offline, say: all that may be taken, in one step. One outcome a receipt. */
export async function recordSales(em: Em, given: NewSale[]): Promise<Outcome[]> {
  const sales = [...new Map(given.map((sale) => [sale.receipt, saleSchema.parse(sale)])).values()]
  const answers = await answersTo(em, sales)
  return sales.map((sale) => outcomeOf(sale, answers.get(sale.receipt)))
}

interface Answer {
  receipt: string
  result: 'recorded' | 'repeated' | 'refused' | 'no-customer' | 'new-product'
  /** The primary group that decided; null without a customer. */
  group: Parameters<typeof decide>[0]
}

function outcomeOf(sale: Sale, answer: Answer | undefined): Outcome {
  const { receipt } = sale
  switch (answer?.result) {
    case 'recorded':
    case 'repeated':
      return { receipt, result: answer.result }
    case 'no-customer':
      return { receipt, result: 'refused', why: `Customer ${sale.customerId} does not exist.` }
    case 'refused':
      return { receipt, result: 'refused', why: decide(answer.group, sale) ?? '' }
    default:
      throw new Error(`Sale ${receipt} was answered with ${answer?.result}`)
  }
}

async function answersTo(em: Em, sales: Sale[]): Promise<Map<string, Answer>> {
  const answers = await record(em, sales)
  const waiting = sales.filter(({ receipt }) => answers.get(receipt)?.result === 'new-product')
  if (waiting.length === 0) return answers
  // With a product that nobody sold before.
  await addProducts(em, waiting)
  return new Map([...answers, ...(await record(em, waiting))])
}

async function addProducts(em: Em, sales: Sale[]): Promise<void> {
  const products = sales.flatMap(({ lines }) => lines.map(({ sku, name }) => ({ sku, name })))
  await rows(
    em,
    sql`
    insert into product (sku, name)
    select sku, name from jsonb_to_recordset(${JSON.stringify(products)}::jsonb) as sold (sku text, name text)
    on conflict do nothing
  `
  )
}

/**
 * Takes the sales that their customers' primary groups allow and whose products are all known, each receipt but once. All
 * of it is one statement, so all or nothing, and decided by the settings of that moment.
 */
async function record(em: Em, sales: Sale[]): Promise<Map<string, Answer>> {
  const lines = sales.flatMap(({ receipt, lines }) =>
    lines.map((line, index) => ({ receipt, number: index + 1, ...line }))
  )
  const receipts = sales.map((sale) => {
    const { lines: _, tenders, ...rest } = sale
    const { cash, card, onAccount } = tenders
    return { ...rest, cash, card, on_account: onAccount, taken_under: takenUnder(sale) }
  })
  try {
    const answers = await preparedRows(
      em,
      sql<Answer>`
      select receipt, result, json_build_object('id', group_id, 'name', name, 'restrictsPurchases', restricts_purchases,
        'allowsOnAccount', allows_on_account, 'allowsDiscounts', allows_discounts) as group
      from record_sales(${JSON.stringify(receipts)}::jsonb, ${JSON.stringify(lines)}::jsonb)
    `
    )
    return new Map(answers.map((answer) => [answer.receipt, answer]))
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError('Someone deleted this customer, so the sale was not recorded.')
  }
}
