import { Migration } from '@mikro-orm/migrations'

/**
 * Files of customers: the file itself until it has been read, its rows until they are added or dropped, and for 30 days the
 * rows with errors. What an import made and changed is kept beside its bulk operation, for undo.
 */
export class Imports extends Migration {
  override up(): void {
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
    // Written over a connection of its own while a file is read.
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
    // Without keys to elsewhere, which would be looked up row by row; whoever ends an import takes its rows away.
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
        day_first date,
        month_first date,
        has_date boolean not null,
        wrong jsonb,
        primary key (import_id, number)
      )
    `)
    this.addSql(`
      create table import_match (
        import_id integer not null,
        number integer not null,
        bucket text not null check (bucket in ('create', 'add', 'move', 'already', 'passed', 'wrong')),
        customer_id integer,
        from_group_id integer,
        is_different boolean not null,
        primary key (import_id, number)
      )
    `)
    this.addSql(`create index import_match_by_bucket on import_match (import_id, bucket, number)`)
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
    // Rows that came out otherwise than planned.
    this.addSql(`
      create table import_change (
        import_id integer not null references file_import on delete cascade,
        number integer not null,
        was text not null,
        now text not null,
        primary key (import_id, number)
      )
    `)

    this.addSql(
      `alter table bulk_operation drop constraint bulk_operation_kind_check, drop constraint operation_adds_up`
    )
    this.addSql(`
      alter table bulk_operation
        add column created integer not null default 0,
        add column updated integer not null default 0,
        add check (kind in ('add', 'remove', 'import', 'delete-group', 'undo')),
        add constraint operation_adds_up
          check (asked = created + added + moved + removed + updated + already + refused)
    `)
    this.addSql(`
      create table created_customer (
        operation_id integer not null references bulk_operation on delete cascade,
        customer_id integer not null references customer on delete cascade,
        primary key (operation_id, customer_id)
      )
    `)
    this.addSql(`create index created_customer_by_customer on created_customer (customer_id)`)
    this.addSql(`
      create table updated_customer (
        operation_id integer not null references bulk_operation on delete cascade,
        customer_id integer not null references customer on delete cascade,
        version integer not null,
        was_member boolean not null,
        first_name text not null,
        last_name text not null,
        phone text,
        email text,
        birth_date date,
        gender text,
        location text,
        primary key (operation_id, customer_id)
      )
    `)
    this.addSql(`create index updated_customer_by_customer on updated_customer (customer_id)`)
  }
}
