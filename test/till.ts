import { sql } from 'kysely'
import type { Em } from '../src/db/orm.ts'
import { row } from '../src/db/rows.ts'
import { RuleError } from '../src/lib/errors.ts'
import type { Manner } from '../src/sales/judge.ts'
import { recordSales as record } from '../src/sales/record.ts'
import { type NewSale as AtTill, saleSchema } from '../src/sales/sale.ts'

/** A sale at the tests' till, unless it names another. */
export type NewSale = Omit<AtTill, 'till'> & { till?: number }

/** How a sale ended, in short; `why` is a refusal's sentence. */
export interface Ending {
  receipt: string
  result: string
  why?: string
}

/** The tests' own till, which is made when it is first asked for. */
export async function tillOf(em: Em, name = 'Till 1', shop = 'High Street'): Promise<number> {
  const found = await row(
    em,
    sql<{ id: number }>`
    with opened as (
      insert into shop (name) values (${shop}) on conflict do nothing returning id
    ), open as (
      select id from opened union all select id from shop where name = ${shop}
    ), made as (
      insert into till (shop_id, name) select id, ${name} from open on conflict do nothing returning id
    )
    select id from made union all select till.id from till join shop on shop.id = shop_id where till.name = ${name} and shop.name = ${shop}
  `
  )
  return found?.id ?? tillOf(em, name, shop)
}

/** Records one sale, or throws a RuleError that says why the till must not take it. */
export async function recordSale(em: Em, sale: NewSale): Promise<Ending> {
  const [ending] = await recordSales(em, [sale])
  if (!ending) throw new Error('A sale has no outcome')
  if (ending.result === 'refused') throw new RuleError(ending.why ?? '')
  return ending
}

export async function recordSales(em: Em, given: NewSale[], manner: Manner = 'asks'): Promise<Ending[]> {
  const till = await tillOf(em)
  const sales = given.map((sale) => saleSchema.parse({ till, ...sale }))
  const outcomes = await record(em, sales, { manner, now: new Date(), decimals: 2 })
  return outcomes.map((outcome, place) => {
    const receipt = sales[place]?.receipt ?? ''
    if (outcome.result === 'failed') throw outcome.error
    const why = outcome.result === 'refused' && { why: outcome.refusal.sentence }
    return { receipt, result: outcome.result, ...why }
  })
}
