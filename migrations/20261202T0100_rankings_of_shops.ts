import { Migration } from '@mikro-orm/migrations'

/**
 * Rankings of what was bought in one shop, over a period or over all time (0 days). Shop 0 stands for all shops. What the
 * tables held is worked out again when somebody looks at it.
 */
export class RankingsOfShops extends Migration {
  override up(): void {
    this.addSql(`drop table period_product, period_ranking, everyone_period_product, everyone_period`)
    this.addSql(`
      create table period_ranking (
        group_id integer references customer_group on delete cascade,
        days integer check (days in (0, 30, 90, 365)),
        shop_id integer default 0,
        as_of timestamptz not null,
        customers integer not null,
        products integer not null,
        primary key (group_id, days, shop_id)
      )
    `)
    this.addSql(`
      create table period_product (
        group_id integer,
        days integer,
        shop_id integer default 0,
        rank integer,
        product_id integer not null references product,
        units numeric(20,3) not null,
        revenue numeric(20,3) not null,
        buyers integer not null,
        primary key (group_id, days, shop_id, rank),
        foreign key (group_id, days, shop_id) references period_ranking on delete cascade
      )
    `)
    this.addSql(`
      create table everyone_period (
        days integer check (days in (0, 30, 90, 365)),
        shop_id integer default 0,
        as_of timestamptz not null,
        customers integer not null,
        primary key (days, shop_id)
      )
    `)
    this.addSql(`
      create table everyone_period_product (
        days integer,
        shop_id integer default 0,
        product_id integer references product,
        buyers integer not null,
        primary key (days, shop_id, product_id),
        foreign key (days, shop_id) references everyone_period on delete cascade
      )
    `)
  }
}
