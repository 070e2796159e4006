import { Migration } from '@mikro-orm/migrations'

/**
 * What customers bought. Sales carry customer_id down to their lines, so that these can be partitioned by it. Those of
 * a deleted customer stay, nameless. A line's amount is what was paid for it, after a manual discount.
 */
export class Sales extends Migration {
  override up(): void {
    this.addSql(`
      create table customer_totals (
        customer_id integer primary key references customer on delete cascade deferrable initially immediate,
        orders integer not null default 0,
        spent numeric(16,3) not null default 0,
        last_order_at timestamptz
      )
    `)
    this.addSql(
      `create index customer_totals_by_orders on customer_totals (orders, customer_id) include (spent, last_order_at)`
    )
    this.addSql(
      `create index customer_totals_by_spent on customer_totals (spent, customer_id) include (orders, last_order_at)`
    )
    this.addSql(
      `create index customer_totals_by_last_order on customer_totals (last_order_at, customer_id) include (orders, spent)`
    )
    this.addSql(`
      alter table customer
        add constraint customer_has_totals foreign key (id) references customer_totals deferrable initially deferred
    `)

    this.addSql(`
      create table product (
        id integer generated always as identity primary key,
        sku text not null,
        name text collate people not null,
        unique (sku, name)
      )
    `)
    this.addSql(`create index product_by_name on product (name, id)`)

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
    this.addSql(`create index sale_by_time on sale (sold_at)`)

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
  }
}
