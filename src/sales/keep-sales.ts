import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { preparedRows, rows } from '../db/rows.ts'
import { SETTINGS_BY_NAME } from '../groups/settings.ts'
import type { Settings } from './policy.ts'
import type { Sale } from './sale.ts'

/** What is known of a sale before it is decided. */
export interface Known {
  receipt: string
  /** It was recorded before. */
  isRecorded: boolean
  /** The settings of its customer's primary group; null if there is no such customer. */
  group: Settings | null
}

/**
 * As it was last committed, and nothing of it is held: the row of a group is one that all its customers' tills would wait
 * for. Looked up one by one: as joins, the plan that is kept reads whole tables.
 */
export async function findKnown(em: Em, sales: Sale[]): Promise<Map<string, Known>> {
  const found = await preparedRows(
    em,
    sql<Omit<Known, 'group'> & (Settings | { id: null })>`
    select asked.receipt, coalesce((select true from sale where sale.receipt = asked.receipt limit 1), false) as "isRecorded", grouped.*
    from ${asked(sales)}
    left join lateral (
      select id, name, ${SETTINGS_BY_NAME}
      from primary_membership mine join customer_group on customer_group.id = mine.group_id
      where mine.customer_id = asked.customer_id limit 1
    ) grouped on true
  `
  )
  return new Map(
    found.map(({ receipt, isRecorded, ...group }) => [
      receipt,
      { receipt, isRecorded, group: group.id === null ? null : group }
    ])
  )
}

/**
 * Holds the accounts of these sales' customers until em's transaction ends, so that what is decided about them is so when it
 * is written: of two sales on one account the second is decided after the first. Everybody has totals, but an account only
 * after the first entry; so the totals are held first, in the order in which a sale that is written takes both.
 */
export async function holdAccounts(em: Em, sales: Sale[]): Promise<void> {
  await preparedRows(
    em,
    sql`
    select from (
      select distinct customer_id from ${asked(sales)} where customer_id <> ${WALK_IN_CUSTOMER} order by customer_id
    ) buyer
    cross join lateral (select from customer_totals where customer_id = buyer.customer_id for update) totals
    left join lateral (select from account_balance where customer_id = buyer.customer_id for update) account on true
  `
  )
}

/** As JSON, not as arrays: these PostgreSQL would count, and plan the statement anew each time for so few. */
function asked(sales: Sale[]) {
  const asked = sales.map(({ receipt, customerId }) => ({ receipt, customer_id: customerId }))
  return sql`json_to_recordset(${JSON.stringify(asked)}::json) as asked (receipt text, customer_id integer)`
}

/** What became of a sale: somebody deleted its customer, or a product of it was never sold before; then nothing of it is written. */
export interface Written {
  receipt: string
  result: 'recorded' | 'repeated' | 'no-customer' | 'new-product'
}

/**
 * Writes the sales that were decided to be taken, with all that follows from them, in one statement: all of them or none. Each
 * receipt but once. Products and totals are looked up one by one: as joins, the plan that is kept reads all of them.
 */
export async function writeSales(em: Em, sales: Sale[]): Promise<Map<string, Written['result']>> {
  if (sales.length === 0) return new Map()
  const receipts = sales.map(({ receipt, customerId, soldAt, tenders }) => ({
    receipt,
    customer_id: customerId,
    sold_at: soldAt,
    cash: tenders.cash,
    card: tenders.card,
    on_account: tenders.onAccount
  }))
  const lines = sales.flatMap(({ receipt, lines }) =>
    lines.map((line, index) => ({ receipt, number: index + 1, ...line }))
  )
  const written = await preparedRows(
    em,
    sql<Written>`
    with given as materialized (
      select * from json_to_recordset(${JSON.stringify(receipts)}::json) as given (
        receipt text, customer_id integer, sold_at timestamptz, cash numeric, card numeric, on_account numeric)
    ), line as materialized (
      select line.*, product.id as product_id
      from json_to_recordset(${JSON.stringify(lines)}::json) as line (
        receipt text, number integer, sku text, name text, quantity numeric, amount numeric, discount numeric)
      left join lateral (
        select id from product where product.sku = line.sku and product.name = line.name limit 1
      ) product on true
    ), held as materialized (
      -- All before the first sale is written, and in id order: so two batches never wait for each other crosswise, and whoever is
      -- being deleted is waited for and then not there. The walk-in customer's totals would be one row that every till
      -- waits for; nobody asks for them.
      select coalesce(array_agg(totals.customer_id), '{}') as customer_ids
      from (select distinct customer_id from given where customer_id <> ${WALK_IN_CUSTOMER} order by customer_id) buyer
      cross join lateral (
        select customer_id from customer_totals where customer_id = buyer.customer_id for update
      ) totals
    ), sold as (
      insert into sale (receipt, customer_id, sold_at, total, cash, card, on_account)
      select receipt, customer_id, sold_at, cash + card + on_account, cash, card, on_account from given cross join held
      where (customer_id = ${WALK_IN_CUSTOMER} or customer_id = any(held.customer_ids))
        and not exists (select from line where line.receipt = given.receipt and product_id is null)
      order by sold_at, receipt
      on conflict (receipt) do nothing returning *
    ), listed as (
      insert into sale_line (sale_id, number, customer_id, product_id, quantity, amount, discount)
      select sold.id, number, customer_id, product_id, quantity, amount, discount from sold join line using (receipt)
    ), totalled as (
      update customer_totals totals
      set orders = totals.orders + bought.orders, spent = totals.spent + bought.spent,
        last_order_at = greatest(totals.last_order_at, bought.last_order_at)
      from (
        select customer_id, count(*) filter (where total >= 0) as orders, sum(total) as spent,
          max(sold_at) filter (where total >= 0) as last_order_at
        from sold where customer_id <> ${WALK_IN_CUSTOMER} group by customer_id
      ) bought
      where totals.customer_id = bought.customer_id
    ), charged as (
      insert into account_entry (customer_id, kind, amount, sale_id, entered_at)
      select customer_id, 'charge', on_account, id, sold_at from sold where on_account <> 0 order by id
    )
    select given.receipt,
      case
        when sold.id is not null then 'recorded'
        when given.customer_id <> ${WALK_IN_CUSTOMER} and given.customer_id <> all(held.customer_ids) then 'no-customer'
        when exists (select from line where line.receipt = given.receipt and product_id is null) then 'new-product'
        -- By another till, at the same moment.
        else 'repeated'
      end as result
    from given cross join held left join sold using (receipt)
  `
  )
  return new Map(written.map(({ receipt, result }) => [receipt, result]))
}

export async function addProducts(em: Em, sales: Sale[]): Promise<void> {
  const products = sales.flatMap(({ lines }) => lines.map(({ sku, name }) => ({ sku, name })))
  await rows(
    em,
    sql`
    insert into product (sku, name)
    select sku, name from json_to_recordset(${JSON.stringify(products)}::json) as sold (sku text, name text)
    on conflict do nothing
  `
  )
}
