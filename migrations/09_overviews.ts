import { Migration } from '@mikro-orm/migrations'

/**
 * Rankings over a period, and overviews. They are worked out when somebody asks, and stored with their moment. Beside
 * them is what a group is compared with: itself on earlier days, and everyone.
 */
export class Overviews extends Migration {
  override up(): void {
    this.addSql(`
      create table period_ranking (
        group_id integer references customer_group on delete cascade,
        days integer check (days in (30, 90, 365)),
        as_of timestamptz not null,
        customers integer not null,
        products integer not null,
        primary key (group_id, days)
      )
    `)
    this.addSql(`
      create table period_product (
        group_id integer,
        days integer,
        rank integer,
        product_id integer not null references product,
        units numeric(20,3) not null,
        revenue numeric(20,3) not null,
        buyers integer not null,
        primary key (group_id, days, rank),
        foreign key (group_id, days) references period_ranking on delete cascade
      )
    `)

    // The number of members of each group on the days that were counted. A group has a row only for a day on which its
    // number was new.
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
    // When the last customer who lives somewhere is erased, this index finds that location.
    this.addSql(`create index overview_row_by_location on overview_row (label) where part = 'location'`)

    // The same for all customers except the walk-in, whom no figure across groups counts.
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
    // The figures of all time are kept by differences, as group_product is, and only its pass writes them.
    this.addSql(`
      create table everyone_product (product_id integer primary key references product, buyers integer not null)
    `)
  }
}
