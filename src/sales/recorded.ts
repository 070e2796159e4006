import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'

interface Place {
  id: number
  name: string
}

/** A sale as it was recorded. */
export interface RecordedSale {
  /** By which its lines and entries find it. */
  number: number
  id: string
  receipt: string
  shop: Place
  till: Place
  /** Null for the walk-in customer, and whoever has been erased. */
  customerId: number | null
  soldAt: string
  receivedAt: string | null
  lines: { sku: string; name: string; quantity: Decimal; amount: Decimal; discount: Decimal }[]
  tenders: { cash: Decimal; card: Decimal; onAccount: Decimal; other: Decimal }
  rounding: Decimal
  total: Decimal
  returns: string | null
  cashier: string | null
  /** Why it stands in To review; none if it does not. */
  flags: { code: string; detail: string }[]
  /** Null of sales from before decisions were kept. */
  decision: { groupId: number | null; version: number | null; sentence: string } | null
}

/** Sales by the ids that tills gave them; one that does not exist is left out. */
export async function findSales(em: Em, ids: string[]): Promise<Map<string, RecordedSale>> {
  const found = await readSales(
    em,
    sql`
    select sale_id as id from json_array_elements_text(${JSON.stringify(ids)}::json) asked (id)
    cross join lateral (select sale_id from sale_key where sale_key.id = asked.id::uuid limit 1) keyed
  `
  )
  return new Map(found.map((sale) => [sale.id, sale]))
}

/** The sale that has a receipt of a till, if any. */
export async function findByReceipt(em: Em, tillId: number, receipt: string): Promise<RecordedSale | undefined> {
  const [found] = await readSales(
    em,
    sql`select sale_id as id from sale_key where till_id = ${tillId} and receipt = ${receipt}`
  )
  return found
}

/** A customer's sales before one of them (by its number), the newest first. */
export async function listSalesBefore(
  em: Em,
  customerId: number,
  before: number,
  limit: number
): Promise<RecordedSale[]> {
  return readSales(
    em,
    sql`
    select id from sale where customer_id = ${customerId}
      and (sold_at, id) < (select sold_at, id from sale where id = ${before} union all select 'infinity', 0 limit 1)
    order by sold_at desc, id desc limit ${limit}
  `
  )
}

async function readSales(em: Em, numbers: RawBuilder<unknown>): Promise<RecordedSale[]> {
  return rows(
    em,
    prepared(sql<RecordedSale>`
    select sale.id::float8 as number, sale.uuid as id, sale.receipt,
      json_build_object('id', shop.id, 'name', shop.name) as shop, json_build_object('id', till.id, 'name', till.name) as till,
      nullif(sale.customer_id, ${WALK_IN_CUSTOMER}) as "customerId", to_json(sold_at) #>> '{}' as "soldAt",
      to_json(received_at) #>> '{}' as "receivedAt", listed.lines,
      json_build_object('cash', cash::text, 'card', card::text, 'onAccount', on_account::text, 'other', other::text) as tenders,
      rounding, total, returns, cashier, case when flagged then (
        select json_agg(json_build_object('code', code, 'detail', detail) order by review.id) from review where sale_id = sale.id
      ) else '[]' end as flags,
      case when decision is not null then
        json_build_object('groupId', decided_by, 'version', settings_version, 'sentence', decision) end as decision
    from (${numbers}) asked
    cross join lateral (select * from sale where sale.id = asked.id) sale
    join till on till.id = sale.till_id join shop on shop.id = till.shop_id
    cross join lateral (
      select json_agg(json_build_object('sku', sku, 'name', name, 'quantity', quantity::text, 'amount', amount::text,
        'discount', discount::text) order by number) as lines
      from sale_line line join product on product.id = line.product_id where line.sale_id = sale.id
    ) listed
    order by sale.sold_at desc, sale.id desc
  `)
  )
}
