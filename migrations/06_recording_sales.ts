import { Migration } from '@mikro-orm/migrations'

/**
 * Only processes of an earlier version still call this function; src/sales/keep-sales.ts has taken its place.
 *
 * Sales are decided about and recorded in one statement, so all or nothing; in a function, because its plan is kept: to plan it
 * anew took longer than to do it. Products and totals are looked up one by one: as joins, the kept plan read all products from
 * end to end for each sale.
 *
 * Each sale brings `taken_under`, which has a bit for every combination of a primary group's settings (1 restricts
 * purchases, 2 allows on-account sale, 4 allows manual discounts, 8 is Walk-in). The bit is set if `decide` in
 * src/sales/policy.ts takes the sale under these settings. This function knows which settings apply, but only `decide`
 * knows what they mean.
 */
export class RecordingSales extends Migration {
  override up(): void {
    this.addSql(`
      create function record_sales(new_sales jsonb, new_lines jsonb)
      returns table (
        receipt text, result text, group_id integer, name text, restricts_purchases boolean, allows_on_account boolean,
        allows_discounts boolean
      ) language plpgsql as $$
      #variable_conflict use_column
      begin
        return query
        with asked as materialized (
          select asked.*, grouped.*,
            coalesce((asked.taken_under >> (grouped.restricts_purchases::integer + 2 * grouped.allows_on_account::integer
              + 4 * grouped.allows_discounts::integer + 8 * (grouped.group_id = 2)::integer)) & 1 = 1, false) as is_taken
          from jsonb_to_recordset(new_sales) as asked (
            receipt text, "customerId" integer, "soldAt" timestamptz, cash numeric, card numeric, on_account numeric,
            taken_under integer)
          left join lateral (
            select id as group_id, name, restricts_purchases, allows_on_account, allows_discounts
            from primary_membership mine join customer_group on customer_group.id = mine.group_id
            where mine.customer_id = asked."customerId" limit 1
          ) grouped on true
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
          where is_taken and not exists (select from line where line.receipt = asked.receipt and product_id is null)
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
        select asked.receipt,
          case
            when sold.id is not null then 'recorded'
            -- Whatever is decided by now, it was taken then.
            when (select true from sale where sale.receipt = asked.receipt limit 1) then 'repeated'
            when asked.group_id is null then 'no-customer'
            when not is_taken then 'refused'
            when exists (select from line where line.receipt = asked.receipt and product_id is null) then 'new-product'
            -- By another till, at the same moment.
            else 'repeated'
          end,
          asked.group_id, asked.name, asked.restricts_purchases, asked.allows_on_account, asked.allows_discounts
        from asked left join sold using (receipt);
      end
      $$
    `)
  }
}
