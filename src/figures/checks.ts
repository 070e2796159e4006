import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { BALANCES, BUYERS, CHARGES, GROUPS, PRODUCTS, TOP_PRODUCTS, TOTALS } from './recount.ts'

/**
 * How a figure is checked: its rows as they are kept, the same rows recounted, and a statement that repairs the kept
 * ones from the table `drift`, which holds the recount wherever the two differ.
 */
export interface Check {
  figure: string
  keys: string[]
  values: string[]
  kept: RawBuilder<unknown>
  recount: RawBuilder<unknown>
  repair: RawBuilder<unknown>
}

export const CHECKS: Check[] = [
  {
    figure: 'Totals of customers',
    keys: ['customer_id'],
    values: ['orders', 'spent', 'last_order_at'],
    kept: sql`select customer_id, orders, spent, last_order_at from customer_totals where customer_id <> ${sql.lit(WALK_IN_CUSTOMER)}`,
    recount: sql.raw(TOTALS),
    repair: sql`
      update customer_totals totals set orders = drift.orders, spent = drift.spent, last_order_at = drift.last_order_at
      from drift where drift.customer_id = totals.customer_id
    `
  },
  {
    figure: 'Charges of accounts',
    keys: ['sale_id'],
    values: ['amount'],
    kept: sql`select sale_id, amount from account_entry where kind = 'charge'`,
    recount: sql.raw(CHARGES),
    repair: sql`
      merge into account_entry entry using (
        select drift.sale_id, drift.amount, nullif(sale.customer_id, ${sql.lit(WALK_IN_CUSTOMER)}) as customer_id, sale.sold_at from drift join sale on sale.id = drift.sale_id
      ) drift on drift.sale_id = entry.sale_id
      when matched and drift.amount is null then delete
      when matched then update set amount = drift.amount
      when not matched then insert (customer_id, kind, amount, sale_id, entered_at)
        values (drift.customer_id, 'charge', drift.amount, drift.sale_id, drift.sold_at)
    `
  },
  {
    figure: 'Balances of accounts',
    keys: ['customer_id'],
    values: ['balance'],
    // An account whose entries were all deleted keeps a balance of 0, which a recount does not have.
    kept: sql`select customer_id, balance from account_balance where balance <> 0`,
    recount: sql`select customer_id, balance from (${sql.raw(BALANCES)}) summed where balance <> 0`,
    repair: sql`
      insert into account_balance (customer_id, balance) select customer_id, coalesce(balance, 0) from drift
      on conflict (customer_id) do update set balance = excluded.balance
    `
  },
  {
    figure: 'Customers and spend of groups',
    keys: ['group_id'],
    values: ['customers', 'spent'],
    kept: sql`select group_id, customers, spent from group_figures`,
    recount: sql.raw(GROUPS),
    repair: sql`
      insert into group_figures (group_id, customers, spent) select group_id, customers, spent from drift
      on conflict (group_id) do update set customers = excluded.customers, spent = excluded.spent
    `
  },
  {
    figure: 'Products of groups',
    keys: ['group_id', 'product_id'],
    values: ['units', 'revenue', 'buyers'],
    kept: sql`select group_id, product_id, units, revenue, buyers from group_product`,
    recount: sql.raw(PRODUCTS),
    repair: sql`
      merge into group_product kept using drift on drift.group_id = kept.group_id and drift.product_id = kept.product_id
      when matched and drift.units is null then delete
      when matched then update set units = drift.units, revenue = drift.revenue, buyers = drift.buyers
      when not matched then insert (group_id, product_id, units, revenue, buyers)
        values (drift.group_id, drift.product_id, drift.units, drift.revenue, drift.buyers)
    `
  },
  {
    figure: 'Buyers of products',
    keys: ['product_id'],
    values: ['buyers'],
    kept: sql`select product_id, buyers from everyone_product where buyers <> 0`,
    recount: sql.raw(BUYERS),
    repair: sql`
      insert into everyone_product (product_id, buyers) select product_id, coalesce(buyers, 0) from drift
      on conflict (product_id) do update set buyers = excluded.buyers
    `
  },
  {
    figure: 'Top products of groups',
    keys: ['group_id'],
    values: ['product_id', 'units'],
    kept: sql`select group_id, product_id, units from group_top_product`,
    recount: sql.raw(TOP_PRODUCTS),
    repair: sql`
      merge into group_top_product kept using drift on drift.group_id = kept.group_id
      when matched and drift.product_id is null then delete
      when matched then update set product_id = drift.product_id, units = drift.units
      when not matched then insert (group_id, product_id, units) values (drift.group_id, drift.product_id, drift.units)
    `
  }
]
