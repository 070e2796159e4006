import { Migration } from '@mikro-orm/migrations'

/** Rankings over a period: worked out when somebody asks, and kept with the moment they were true at. */
export class PeriodRankings extends Migration {
  override up(): void {
    this.addSql(`create index sale_by_time on sale (sold_at)`)
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
  }
}
