import { Migration } from '@mikro-orm/migrations'

/** Words and order that do not depend on the server's locale, the retailer itself, and who may enter. */
export class OpenTheShop extends Migration {
  override up(): void {
    this.addSql(`create extension if not exists pg_trgm`)
    this.addSql(`create extension if not exists unaccent`)

    // The cluster's own collation is the operating system's business; people are sorted by Unicode's rules everywhere.
    this.addSql(`create collation people (provider = icu, locale = 'und')`)

    // unaccent() is only STABLE because its dictionary could be changed; ours is named and never is.
    this.addSql(`
      create function search_text(value text) returns text
      language sql immutable strict parallel safe
      return lower(public.unaccent('public.unaccent'::regdictionary, normalize(value, NFKC)) collate people)
    `)

    // Two names are one if they differ only in case, outer spaces or the way Unicode composes them.
    this.addSql(`
      create function name_key(value text) returns text
      language sql immutable strict parallel safe
      return lower(btrim(normalize(value, NFKC), E' \\t\\n\\r') collate people)
    `)

    this.addSql(`
      create table retailer (
        id boolean primary key default true check (id),
        name text not null check (length(btrim(name)) between 1 and 80),
        country text not null check (country ~ '^[A-Z]{2}$'),
        time_zone text not null,
        currency text not null check (currency ~ '^[A-Z]{3}$'),
        locale text not null,
        is_demo boolean not null default false,
        version integer not null default 1
      )
    `)

    this.addSql(`
      create table staff_member (
        id integer generated always as identity primary key,
        name text not null check (length(btrim(name)) between 1 and 80),
        email text not null unique check (email = lower(email)),
        role text not null check (role in ('staff', 'manager', 'admin')),
        password_hash text,
        disabled_at timestamptz,
        version integer not null default 1,
        created_at timestamptz not null default now()
      )
    `)

    this.addSql(`
      create table session (
        token_hash bytea primary key,
        staff_member_id integer not null references staff_member on delete cascade,
        created_at timestamptz not null,
        seen_at timestamptz not null
      )
    `)
    this.addSql(`create index on session (staff_member_id)`)

    // A link that lets one person set a password, once. The set-up link of an empty database belongs to nobody yet.
    this.addSql(`
      create table one_time_link (
        token_hash bytea primary key,
        purpose text not null check (purpose in ('set-up', 'invitation', 'reset')),
        staff_member_id integer references staff_member on delete cascade,
        expires_at timestamptz not null,
        check ((purpose = 'set-up') = (staff_member_id is null))
      )
    `)

    // Kept by rate-limiter-flexible, whose column names these are.
    this.addSql(
      `create table sign_in_attempt (key varchar(255) primary key, points integer not null default 0, expire bigint)`
    )

    // A form that creates something carries a key; the same key again is answered with what the first one made.
    this.addSql(`
      create table form_key (
        key uuid primary key,
        location text not null,
        created_at timestamptz not null default now()
      )
    `)
    this.addSql(`create index on form_key (created_at)`)
  }
}
