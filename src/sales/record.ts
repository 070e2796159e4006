import type { Em } from '../db/orm.ts'
import { RuleError } from '../lib/errors.ts'
import { addProducts, findKnown, holdAccounts, type Known, type Written, writeSales } from './keep-sales.ts'
import { decide, isOnAccount } from './policy.ts'
import { type NewSale, type Sale, saleSchema } from './sale.ts'

/** How a sale ends: `recorded`; `repeated`, if its receipt was recorded before; or refused, and why. */
type End = { result: 'recorded' | 'repeated' } | { result: 'refused'; why: string }
export type Outcome = { receipt: string } & End

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
  if (!sales.some(isOnAccount)) return decideAndWrite(em, sales)
  return em.transactional(async (inner) => {
    await holdAccounts(inner, sales)
    return decideAndWrite(inner, sales)
  })
}

/** By the settings that are committed when they are read, whatever changes until the sales are written (docs/rules.md, 22). */
async function decideAndWrite(em: Em, sales: Sale[]): Promise<Outcome[]> {
  const known = await findKnown(em, sales)
  const decided = new Map(sales.map((sale) => [sale.receipt, endBeforeWriting(sale, known.get(sale.receipt))]))
  const written = await write(
    em,
    sales.filter(({ receipt }) => decided.get(receipt) === null)
  )
  return sales.map(({ receipt }) => ({ receipt, ...(decided.get(receipt) ?? endOf(written.get(receipt))) }))
}

/** Null if it is to be written. */
function endBeforeWriting(sale: Sale, known: Known | undefined): End | null {
  // Whatever is decided by now, it was taken then.
  if (known?.isRecorded) return { result: 'repeated' }
  if (!known?.group) return refused(`Customer ${sale.customerId} does not exist.`)
  const decision = decide({ group: known.group }, sale)
  return decision.isTaken ? null : refused(decision.why)
}

async function write(em: Em, sales: Sale[]): Promise<Map<string, Written['result']>> {
  const results = await writeSales(em, sales)
  const waiting = sales.filter(({ receipt }) => results.get(receipt) === 'new-product')
  if (waiting.length === 0) return results
  // With a product that nobody sold before.
  await addProducts(em, waiting)
  return new Map([...results, ...(await writeSales(em, waiting))])
}

function endOf(result: Written['result'] | undefined): End {
  switch (result) {
    case 'recorded':
    case 'repeated':
      return { result }
    case 'no-customer':
      return refused('Someone deleted this customer, so the sale was not recorded.')
    default:
      throw new Error(`A sale was written with the result ${result}`)
  }
}

const refused = (why: string): End => ({ result: 'refused', why })
