import { Migration } from '@mikro-orm/migrations'

/** What overviews and rankings compare a group with: itself on earlier days, and everyone. */
export class Overviews extends Migration {
  override up(): void {
    // How many were in each group on the days that were counted; a group has a row only where the number was a new one.
    this.addSql(`create table counted_day (day date primary key, at timestamptz not null)`)
    this.addSql(`
      create table group_day (
        group_id integer references customer_group on delete cascade,
        day date references counted_day,
        members integer not null,
        primary key (group_id, day)
      )
    `)

    this.addSql(`
      create table group_overview (
        group_id integer primary key references customer_group on delete cascade,
        as_of timestamptz not null,
        members integer not null,
        joined integer not null,
        lost integer not null,
        lost_since timestamptz not null,
        elsewhere integer not null,
        nowhere integer not null
      )
    `)
    this.addSql(`
      create table overview_row (
        group_id integer references group_overview on delete cascade,
        part text check (part in ('members', 'spend', 'recency', 'location')),
        place integer,
        label text not null,
        value numeric(20,3) not null,
        everyone numeric(20,3),
        primary key (group_id, part, place)
      )
    `)
    // Erasing the last customer who lives somewhere finds it by this.
    this.addSql(`create index overview_row_by_location on overview_row (label) where part = 'location'`)

    // The same of all customers but the walk-in, whom no figure across groups counts.
    this.addSql(`
      create table everyone_month (month date primary key, as_of timestamptz not null, spent numeric(20,3) not null)
    `)
    this.addSql(`
      create table everyone_period (
        days integer primary key check (days in (30, 90, 365)),
        as_of timestamptz not null,
        customers integer not null
      )
    `)
    this.addSql(`
      create table everyone_period_product (
        days integer references everyone_period on delete cascade,
        product_id integer references product,
        buyers integer not null,
        primary key (days, product_id)
      )
    `)
    // All time's is kept by difference, as group_product is, and only by its pass. It begins with what that has taken in.
    this.addSql(`
      create table everyone_product (product_id integer primary key references product, buyers integer not null)
    `)
    this.addSql(`
      insert into everyone_product (product_id, buyers)
      select product_id, count(distinct customer_id) from (
        select customer_id, product_id, sale_id, quantity from sale_line
        union all
        select customer_id, product_id, sale_id, quantity from erased_line
      ) line
      where quantity > 0 and customer_id <> 1
        and sale_id not in (select sale_id from product_change where sale_id is not null)
      group by product_id
    `)

    this.addSql(`create index product_by_name on product (name, id)`)
  }
}
