import { Migration } from '@mikro-orm/migrations'

/**
 * Sales carry customer_id down to the line, so that they can be partitioned by it; a deleted customer's stay, nameless.
 * A line's amount is what was paid for it, after the discount that was given by hand.
 */
export class SalesAndAccounts extends Migration {
  override up(): void {
    this.addSql(`
      create table product (
        id integer generated always as identity primary key,
        sku text not null,
        name text collate people not null,
        unique (sku, name)
      )
    `)
    this.addSql(`
      create table sale (
        id bigint generated always as identity primary key,
        receipt text not null unique,
        customer_id integer references customer on delete set null,
        sold_at timestamptz not null,
        total numeric(16,3) not null,
        cash numeric(16,3) not null default 0,
        card numeric(16,3) not null default 0,
        on_account numeric(16,3) not null default 0,
        constraint sale_tenders check (cash + card + on_account = total),
        constraint walk_in_pays_at_once check (customer_id <> 1 or on_account = 0)
      )
    `)
    this.addSql(`create index sale_by_customer on sale (customer_id, sold_at desc, id desc)`)
    this.addSql(`
      create table sale_line (
        sale_id bigint not null references sale on delete cascade,
        number integer not null,
        customer_id integer references customer on delete set null,
        product_id integer not null references product,
        quantity numeric(12,3) not null check (quantity <> 0),
        amount numeric(16,3) not null,
        discount numeric(16,3) not null default 0 check (discount >= 0),
        primary key (sale_id, number)
      )
    `)
    this.addSql(`create index sale_line_by_customer on sale_line (customer_id, product_id)`)
    this.addSql(`
      create table account_entry (
        id bigint generated always as identity primary key,
        customer_id integer references customer on delete set null,
        kind text not null check (kind in ('charge', 'payment', 'adjustment')),
        amount numeric(16,3) not null check (amount <> 0),
        sale_id bigint unique references sale,
        reason text,
        entered_at timestamptz not null,
        entered_by integer references staff_member,
        constraint walk_in_has_no_account check (customer_id <> 1),
        check ((kind = 'charge') = (sale_id is not null)),
        check (kind <> 'payment' or amount < 0)
      )
    `)
    this.addSql(`create index account_entry_by_customer on account_entry (customer_id, id)`)
    // One statement, so all or nothing. A function, because its plan is kept: to plan it anew took longer than to do it.
    this.addSql(`
      create function record_sales(new_sales jsonb, new_lines jsonb) returns setof text language plpgsql as $$
      begin
        return query
        with asked as (
          select * from jsonb_to_recordset(new_sales) as asked (
            receipt text, "customerId" integer, "soldAt" timestamptz, cash numeric, card numeric, on_account numeric)
        ), line as materialized (
          select line.*, product.id as product_id
          from jsonb_to_recordset(new_lines) as line (
            receipt text, number integer, sku text, name text, quantity numeric, amount numeric, discount numeric)
          left join product using (sku, name)
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
          select customer_id from customer_totals
          where customer_id in (select customer_id from sold where customer_id <> 1) order by customer_id for update
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
