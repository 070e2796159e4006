import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { type DecidedSale, lineRows, noteRows, saleRow } from './decided-sale.ts'
import type { Sale } from './sale.ts'

/**
 * What became of a sale: `busy` if somebody else holds its customer's rows, `no-customer` if somebody deleted them, `taken` if
 * somebody else has just used its id or its receipt, `new-product` if nobody sold a product of it before. Unless it was
 * recorded, nothing of it is written.
 */
export type WriteResult = 'recorded' | 'busy' | 'no-customer' | 'taken' | 'new-product'

/**
 * Writes sales with all that follows from them, in one statement: all of them or none. No two of them have the same id or
 * receipt. Products and totals are looked up one by one: as joins, the plan that is kept reads all of them.
 * @param patiently waits for whoever holds a customer's totals.
 * @returns by the sales' ids.
 */
export async function writeSales(
  em: Em,
  decided: DecidedSale[],
  now: Date,
  patiently: boolean
): Promise<Map<string, WriteResult>> {
  if (decided.length === 0) return new Map()
  const wait = patiently ? sql`` : sql`skip locked`
  const written = await rows(
    em,
    prepared(sql<{ id: string; result: WriteResult }>`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(decided.map(saleRow))}::json) as given (
        id uuid, till_id integer, receipt text, fingerprint text, customer_id integer, sold_at timestamptz, cash numeric,
        card numeric, on_account numeric, other numeric, rounding numeric, cashier text, returns uuid, flagged boolean,
        decided_by integer, settings_version integer, decision text)
    ), line as materialized (
      select line.*, product.id as product_id
      from json_to_recordset(${JSON.stringify(decided.flatMap(lineRows))}::json) as line (
        sale uuid, number integer, sku text, name text, quantity numeric, amount numeric, discount numeric)
      left join lateral (
        select id from product where product.sku = line.sku and product.name = line.name limit 1
      ) product on true
    ), held as materialized (
      -- All before the first sale is written, and in id order: so two batches never wait for each other crosswise, and whoever is
      -- being deleted is not sold anything. The walk-in customer's totals would be one row that every till waits for;
      -- nobody asks for them.
      select coalesce(array_agg(totals.customer_id), '{}') as customer_ids
      from (select distinct customer_id from given where customer_id <> ${WALK_IN_CUSTOMER} order by customer_id) buyer
      cross join lateral (
        select customer_id from customer_totals where customer_id = buyer.customer_id for update ${wait}
      ) totals
    ), keyed as (
      insert into sale_key (id, till_id, receipt, fingerprint, sale_id)
      select id, till_id, receipt, decode(fingerprint, 'hex'), nextval('sale_id_seq') from given cross join held
      where (customer_id is null or customer_id = ${WALK_IN_CUSTOMER} or customer_id = any(held.customer_ids))
        and not exists (select from line where line.sale = given.id and product_id is null)
      order by sold_at, receipt
      on conflict do nothing returning id, sale_id
    ), sold as (
      insert into sale (id, uuid, till_id, receipt, customer_id, sold_at, received_at, total, cash, card, on_account, other, rounding,
        cashier, returns, flagged, decided_by, settings_version, decision)
      overriding system value
      select keyed.sale_id, given.id, till_id, receipt, customer_id, sold_at, ${now}, cash + card + on_account + other + rounding,
        cash, card, on_account, other, rounding, cashier, returns, flagged, decided_by, settings_version, decision
      from keyed join given using (id) order by keyed.sale_id
      returning *
    ), listed as (
      insert into sale_line (sale_id, number, customer_id, product_id, quantity, amount, discount)
      select sold.id, number, customer_id, product_id, quantity, amount, discount from sold join line on line.sale = sold.uuid
    ), totalled as (
      -- A till may be a day ahead; when somebody last ordered is never in the future.
      update customer_totals totals
      set orders = totals.orders + bought.orders, spent = totals.spent + bought.spent,
        last_order_at = greatest(totals.last_order_at, bought.last_order_at)
      from (
        select customer_id, count(*) filter (where total >= 0) as orders, sum(total) as spent,
          max(least(sold_at, ${now})) filter (where total >= 0) as last_order_at
        from sold where customer_id <> ${WALK_IN_CUSTOMER} group by customer_id
      ) bought
      where totals.customer_id = bought.customer_id
    ), charged as (
      -- What a till that was offline gave to nobody is on nobody's account.
      insert into account_entry (customer_id, kind, amount, sale_id, entered_at)
      select nullif(customer_id, ${WALK_IN_CUSTOMER}), 'charge', on_account, id, sold_at from sold where on_account <> 0 order by id
    ), visited as (
      insert into customer_shop (customer_id, shop_id)
      select distinct customer_id, shop_id from sold join till on till.id = sold.till_id
      where customer_id <> ${WALK_IN_CUSTOMER} and not exists (
        select from customer_shop known where known.customer_id = sold.customer_id and known.shop_id = till.shop_id
      )
      on conflict do nothing
    ), noted as (
      insert into review (till_id, sale_id, customer_id, code, detail, amount, noted_at)
      select sold.till_id, sold.id, sold.customer_id, code, detail, amount, ${now}
      from json_to_recordset(${JSON.stringify(decided.flatMap(noteRows))}::json) as note (
        sale uuid, code text, detail text, amount numeric)
      join sold on sold.uuid = note.sale
    )
    select given.id,
      case
        when keyed.id is not null then 'recorded'
        when exists (select from line where line.sale = given.id and product_id is null) then 'new-product'
        when customer_id is null or customer_id = ${WALK_IN_CUSTOMER} or customer_id = any(held.customer_ids) then 'taken'
        when exists (select from customer_totals totals where totals.customer_id = given.customer_id) and ${!patiently} then 'busy'
        else 'no-customer'
      end as result
    from given cross join held left join keyed on keyed.id = given.id
  `)
  )
  return new Map(written.map(({ id, result }) => [id, result]))
}

export async function addProducts(em: Em, sales: Sale[]): Promise<void> {
  const products = sales.flatMap(({ lines }) => lines.map(({ sku, name }) => ({ sku, name })))
  await rows(
    em,
    sql`
    insert into product (sku, name)
    select distinct sku, name from json_to_recordset(${JSON.stringify(products)}::json) as sold (sku text, name text)
    order by sku, name
    on conflict do nothing
  `
  )
}
