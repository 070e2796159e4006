import { Migration } from '@mikro-orm/migrations'

/** The retailer, the people who may sign in, and what keeps track of their visits. */
export class RetailerAndStaff extends Migration {
  override up(): void {
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

    // A link with which one person can set a password once. The set-up link of an empty database belongs to nobody yet.
    this.addSql(`
      create table one_time_link (
        token_hash bytea primary key,
        purpose text not null check (purpose in ('set-up', 'invitation', 'reset')),
        staff_member_id integer references staff_member on delete cascade,
        expires_at timestamptz not null,
        check ((purpose = 'set-up') = (staff_member_id is null))
      )
    `)

    // rate-limiter-flexible keeps its counts here, and the names of the columns are its own.
    this.addSql(
      `create table sign_in_attempt (key varchar(255) primary key, points integer not null default 0, expire bigint)`
    )

    // A form that creates something carries a key. If the same form is sent by the same person again with the same key,
    // the answer is what the first one made.
    this.addSql(`
      create table form_key (
        key uuid primary key,
        form text,
        staff_member_id integer references staff_member,
        location text not null,
        created_at timestamptz not null default now()
      )
    `)
    this.addSql(`create index on form_key (created_at)`)
  }
}
