import { Migration } from '@mikro-orm/migrations'

/**
 * Shops, their tills and the keys of these. A sale knows its till, how it was decided and what it brings back. Sales from
 * before belong to the till "Before tills" of the first shop.
 */
export class Tills extends Migration {
  override up(): void {
    this.addSql(`
      create table shop (
        id integer generated always as identity primary key,
        name text collate people not null check (length(name_key(name)) > 0 and length(name) <= 80),
        version integer not null default 1,
        created_at timestamptz not null default now(),
        closed_at timestamptz
      )
    `)
    this.addSql(`create unique index shop_name_taken on shop (name_key(name))`)
    this.addSql(`
      create table till (
        id integer generated always as identity primary key,
        shop_id integer not null references shop,
        name text collate people not null check (length(name_key(name)) > 0 and length(name) <= 80),
        version integer not null default 1,
        created_at timestamptz not null default now(),
        closed_at timestamptz
      )
    `)
    this.addSql(`create unique index till_name_taken on till (shop_id, name_key(name))`)

    // Of a key only a hash is kept, and its last four characters, by which people tell it from others.
    this.addSql(`
      create table till_key (
        id integer generated always as identity primary key,
        till_id integer not null references till,
        hash bytea not null unique,
        hint text not null,
        scopes text[] not null,
        created_at timestamptz not null,
        created_by integer references staff_member,
        ends_at timestamptz,
        last_used_at timestamptz
      )
    `)
    this.addSql(`create index till_key_by_till on till_key (till_id)`)

    this.addSql(`
      with opened as (
        insert into shop (name)
        select coalesce((select left(name, 80) from retailer limit 1), 'First shop') where exists (select from sale)
        returning id
      )
      insert into till (shop_id, name) select id, 'Before tills' from opened
    `)

    // The id by which tills know a sale is theirs (uuid); ours stays a number, by which its lines and entries find it.
    this.addSql(`
      alter table sale
        drop constraint sale_receipt_key,
        drop constraint sale_tenders,
        drop constraint walk_in_pays_at_once,
        add column uuid uuid not null default gen_random_uuid(),
        add column till_id integer not null default 1 references till,
        add column received_at timestamptz,
        add column other numeric(16,3) not null default 0,
        add column rounding numeric(16,3) not null default 0,
        add column cashier text,
        add column returns uuid,
        add column flagged boolean not null default false,
        add column decided_by integer,
        add column settings_version integer,
        add column decision text,
        add constraint sale_tenders check (cash + card + on_account + other + rounding = total),
        add constraint walk_in_pays_at_once check (customer_id <> 1 or on_account = 0 or flagged)
    `)
    this.addSql(`alter table sale alter column till_id drop default`)
    this.addSql(`create index sale_by_returns on sale (returns) where returns is not null`)

    // What must be unique of all sales, in a table that is never partitioned. The fingerprint tells whether the same id comes
    // with the same sale; sales from before have none.
    this.addSql(`
      create table sale_key (
        id uuid primary key,
        till_id integer not null,
        receipt text not null,
        fingerprint bytea,
        sale_id bigint not null,
        unique (till_id, receipt)
      )
    `)
    this.addSql(`insert into sale_key (id, till_id, receipt, sale_id) select uuid, till_id, receipt, id from sale`)

    this.addSql(`
      create table customer_shop (
        customer_id integer not null references customer on delete cascade,
        shop_id integer not null references shop,
        primary key (customer_id, shop_id)
      )
    `)
    this.addSql(`
      insert into customer_shop (customer_id, shop_id)
      select distinct sale.customer_id, till.shop_id from sale join till on till.id = sale.till_id where sale.customer_id <> 1
    `)
    this.addSql(`create index customer_shop_by_shop on customer_shop (shop_id, customer_id)`)

    // What policy would have refused, and what a till sent that is no sale: for managers to look at.
    this.addSql(`
      create table review (
        id bigint generated always as identity primary key,
        till_id integer not null references till,
        sale_id bigint references sale,
        customer_id integer references customer on delete set null,
        code text not null,
        detail text not null,
        amount numeric(16,3),
        received json,
        fingerprint bytea,
        noted_at timestamptz not null,
        settled_at timestamptz,
        settled_by integer references staff_member,
        unique (till_id, fingerprint),
        check ((sale_id is null) = (fingerprint is not null))
      )
    `)
    this.addSql(`create index review_open on review (id) where settled_at is null`)
    this.addSql(`create index review_by_customer on review (customer_id) where customer_id is not null`)
    this.addSql(`create index review_by_sale on review (sale_id) where sale_id is not null`)

    // A till may put customers into groups; what it does is in Activity under its name.
    this.addSql(`alter table activity add column till_id integer references till`)
    this.addSql(`alter table bulk_operation alter column asked_by drop not null`)

    this.addSql(`drop function record_sales(jsonb, jsonb)`)
  }
}
