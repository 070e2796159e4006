import { Migration } from '@mikro-orm/migrations'

/**
 * A sale looks its products and its customer's totals up one by one. As joins, the kept plan (made for a hundred lines) read
 * all products from end to end for each sale: at 20,000 products a till waited four times as long as the rows take to write.
 */
export class SalesByIndex extends Migration {
  override up(): void {
    this.addSql(`
      create or replace function record_sales(new_sales jsonb, new_lines jsonb) returns setof text language plpgsql as $$
      begin
        return query
        with asked as (
          select * from jsonb_to_recordset(new_sales) as asked (
            receipt text, "customerId" integer, "soldAt" timestamptz, cash numeric, card numeric, on_account numeric)
        ), line as materialized (
          select line.*, product.id as product_id
          from jsonb_to_recordset(new_lines) as line (
            receipt text, number integer, sku text, name text, quantity numeric, amount numeric, discount numeric)
          left join lateral (
            select id from product where product.sku = line.sku and product.name = line.name limit 1
          ) product on true
        ), sold as (
          insert into sale (receipt, customer_id, sold_at, total, cash, card, on_account)
          select receipt, "customerId", "soldAt", cash + card + on_account, cash, card, on_account from asked
          where not exists (select from line where line.receipt = asked.receipt and product_id is null)
          order by "soldAt", receipt
          on conflict (receipt) do nothing returning *
        ), listed as (
          insert into sale_line (sale_id, number, customer_id, product_id, quantity, amount, discount)
          select sold.id, number, customer_id, product_id, quantity, amount, discount from sold join line using (receipt)
        ), held as (
          -- In id order, so that two batches never wait for each other crosswise. The walk-in customer's totals would be one row
          -- that every till waits for; nobody asks for them.
          select totals.customer_id from (select distinct customer_id from sold where customer_id <> 1 order by customer_id) bought
          cross join lateral (
            select customer_id from customer_totals where customer_id = bought.customer_id for update
          ) totals
        ), totalled as (
          update customer_totals totals
          set orders = totals.orders + bought.orders, spent = totals.spent + bought.spent,
            last_order_at = greatest(totals.last_order_at, bought.last_order_at)
          from held join (
            select customer_id, count(*) filter (where total >= 0) as orders, sum(total) as spent,
              max(sold_at) filter (where total >= 0) as last_order_at
            from sold group by customer_id
          ) bought using (customer_id)
          where totals.customer_id = held.customer_id
        ), charged as (
          insert into account_entry (customer_id, kind, amount, sale_id, entered_at)
          select customer_id, 'charge', on_account, id, sold_at from sold where on_account <> 0 order by id
        )
        select receipt from sold;
      end
      $$
    `)
  }
}
