import { sql } from 'kysely'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { preparedRows, rows } from '../db/rows.ts'
import { RuleError } from '../web/errors.ts'
import { decide } from './policy.ts'
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
  const groups = await findPrimaryGroups(em, sales)
  const refused = new Map(sales.flatMap((sale) => refusalOf(sale, groups.get(sale.customerId))))
  const allowed = sales.filter(({ receipt }) => !refused.has(receipt))
  const recorded = await insertAll(em, allowed)
  return sales.map(({ receipt }) => {
    const why = refused.get(receipt)
    if (why) return { receipt, result: 'refused', why }
    return { receipt, result: recorded.has(receipt) ? 'recorded' : 'repeated' }
  })
}

type PrimaryGroup = Parameters<typeof decide>[0]

async function findPrimaryGroups(em: Em, sales: Sale[]): Promise<Map<number, PrimaryGroup>> {
  const customerIds = [...new Set(sales.map(({ customerId }) => customerId))]
  const found = await preparedRows(
    em,
    sql<PrimaryGroup & { customerId: number }>`
    select customer_id as "customerId", id, name, restricts_purchases as "restrictsPurchases",
      allows_on_account as "allowsOnAccount", allows_discounts as "allowsDiscounts"
    from primary_membership join customer_group on customer_group.id = group_id
    where customer_id = any(${customerIds}::int[])
  `
  )
  return new Map(found.map((group) => [group.customerId, group]))
}

function refusalOf(sale: Sale, group: PrimaryGroup | undefined): [string, string][] {
  const why = group ? decide(group, sale) : `There is no customer ${sale.customerId}.`
  return why ? [[sale.receipt, why]] : []
}

async function insertAll(em: Em, sales: Sale[]): Promise<Set<string>> {
  if (sales.length === 0) return new Set()
  try {
    const recorded = await insertSales(em, sales)
    const missing = sales.filter(({ receipt }) => !recorded.has(receipt))
    if (missing.length === 0) return recorded
    // Repeated, or with a product that nobody sold before.
    await addProducts(em, missing)
    return new Set([...recorded, ...(await insertSales(em, missing))])
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError('The customer was deleted meanwhile, so the sale was not recorded.')
  }
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

/** The sales whose products are all known and whose receipts are new: answers which these were. All of it is one statement, so all or nothing. */
async function insertSales(em: Em, sales: Sale[]): Promise<Set<string>> {
  const lines = sales.flatMap(({ receipt, lines }) =>
    lines.map((line, index) => ({ receipt, number: index + 1, ...line }))
  )
  const receipts = sales.map(({ lines: _, tenders: { cash, card, onAccount }, ...sale }) => {
    return { ...sale, cash, card, on_account: onAccount }
  })
  const recorded = await preparedRows(
    em,
    sql<{ receipt: string }>`
    select receipt from record_sales(${JSON.stringify(receipts)}::jsonb, ${JSON.stringify(lines)}::jsonb) receipt
  `
  )
  return new Set(recorded.map(({ receipt }) => receipt))
}
