import { Migration } from '@mikro-orm/migrations'

/**
 * Files of customers: the file itself until it has been read, its rows until they are added or dropped, and the rows
 * with errors for 30 days.
 */
export class Imports extends Migration {
  override up(): void {
    // An import into the groups that its file names has no group of its own, so its group_id is 0. `as_read` says how
    // dates and names were read, with the numbers of the rows that show it.
    this.addSql(`
      create table file_import (
        id integer generated always as identity primary key,
        key uuid not null unique,
        group_id integer not null,
        group_name text not null,
        is_list boolean not null,
        file_name text not null,
        size bigint not null default 0,
        updates boolean not null,
        state text not null default 'uploading' check (
          state in ('uploading', 'reading', 'asking-columns', 'asking-dates', 'checking', 'planned', 'done', 'cancelled', 'failed')
        ),
        failure text,
        headers jsonb not null default '[]',
        mapping jsonb not null default '[]',
        samples jsonb not null default '[]',
        is_day_first boolean,
        swaps_names boolean not null default false,
        as_read jsonb,
        plan jsonb,
        changes jsonb not null default '[]',
        operation_id integer unique references bulk_operation,
        asked_by integer not null references staff_member,
        asked_at timestamptz not null,
        ended_at timestamptz
      )
    `)
    this.addSql(`create index file_import_by_group on file_import (group_id, id)`)
    this.addSql(`create index file_import_open on file_import (id) where state not in ('done', 'cancelled', 'failed')`)
    // Progress is written over a connection of its own while a file is read.
    this.addSql(`
      create table import_progress (
        import_id integer primary key references file_import on delete cascade,
        rows integer not null default 0,
        bytes bigint not null default 0,
        begun_at timestamptz,
        tries integer not null default 0
      )
    `)
    this.addSql(`
      create table import_chunk (
        import_id integer not null references file_import on delete cascade,
        number integer not null,
        bytes bytea not null,
        primary key (import_id, number)
      )
    `)
    this.addSql(`alter table import_chunk alter column bytes set storage external`)
    // The table has no foreign keys, which would be checked row by row; the end of an import deletes its rows. The note
    // says what of a row is not kept although nothing in it is wrong. Groups are named one a line.
    this.addSql(`
      create table import_row (
        import_id integer not null,
        number integer not null,
        cells json not null,
        passed_over text check (passed_over in ('empty', 'template', 'sample')),
        first_name text,
        last_name text,
        phone text,
        email text,
        gender text,
        location text,
        group_names text,
        day_first date,
        month_first date,
        has_date boolean not null,
        wrong jsonb,
        note text,
        primary key (import_id, number)
      )
    `)
    // What will become of each row. A stranger, whose phone number or e-mail is a customer's but whose name is not, is
    // left out unless somebody ticks it; then `if_ticked` says what it becomes.
    this.addSql(`
      create table import_match (
        import_id integer not null,
        number integer not null,
        bucket text not null check (bucket in ('create', 'add', 'move', 'already', 'stranger', 'passed', 'wrong')),
        if_ticked text check (if_ticked in ('add', 'move', 'already')),
        customer_id integer,
        from_group_id integer,
        is_different boolean not null,
        changed_fields integer not null default 0,
        name_seen integer,
        primary key (import_id, number)
      )
    `)
    this.addSql(`create index import_match_by_bucket on import_match (import_id, bucket, number)`)
    this.addSql(`create index import_match_strangers on import_match (import_id, number) where if_ticked is not null`)
    this.addSql(`create index import_match_changes on import_match (import_id, number) where is_different`)
    this.addSql(`
      create table import_error (
        import_id integer not null references file_import on delete cascade,
        number integer not null,
        cells json not null,
        wrong jsonb not null,
        customer_ids integer[] not null default '{}',
        phone text,
        email text,
        primary key (import_id, number)
      )
    `)
    this.addSql(`create index import_error_by_phone on import_error (phone) where phone is not null`)
    this.addSql(`create index import_error_by_email on import_error (email) where email is not null`)
    this.addSql(`create index import_error_by_customer on import_error using gin (customer_ids)`)
    // Rows whose result differs from the plan.
    this.addSql(`
      create table import_change (
        import_id integer not null references file_import on delete cascade,
        number integer not null,
        was text not null,
        now text not null,
        primary key (import_id, number)
      )
    `)
    // The groups that a file names, and what its rows do to each.
    this.addSql(`
      create table import_group (
        import_id integer not null references file_import on delete cascade,
        key text not null,
        name text not null,
        group_id integer,
        is_list boolean not null,
        is_new boolean not null,
        created integer not null,
        added integer not null,
        moved integer not null,
        already integer not null,
        origins jsonb not null,
        primary key (import_id, key)
      )
    `)
  }
}
