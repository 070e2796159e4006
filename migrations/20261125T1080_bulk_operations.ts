import { Migration } from '@mikro-orm/migrations'

/**
 * Selections, and the bulk operations that spend them. What undo needs is on the membership rows themselves (the operation
 * that wrote them, and what was there before); only what ended is kept aside.
 */
export class BulkOperations extends Migration {
  override up(): void {
    // The id is the page's own: two ticks that arrive at once mean the same selection.
    this.addSql(`
      create table selection (
        id uuid primary key,
        made_by integer not null references staff_member,
        made_at timestamptz not null,
        group_id integer not null,
        purpose text not null check (purpose in ('add', 'remove')),
        filter jsonb,
        highest_id integer,
        matched integer not null default 0,
        check ((filter is null) = (highest_id is null))
      )
    `)
    this.addSql(`create index selection_by_age on selection (made_at)`)
    this.addSql(`
      create table selection_tick (
        selection_id uuid references selection on delete cascade,
        customer_id integer references customer on delete cascade,
        is_ticked boolean not null,
        primary key (selection_id, customer_id)
      )
    `)
    this.addSql(`create index selection_tick_by_customer on selection_tick (customer_id)`)

    this.addSql(`
      create table bulk_operation (
        id integer generated always as identity primary key,
        kind text not null check (kind in ('add', 'remove', 'delete-group', 'undo')),
        group_id integer not null,
        group_name text not null,
        is_list boolean not null,
        selection_id uuid constraint operation_spends_once unique references selection on delete set null,
        undoes integer constraint operation_undone_once unique references bulk_operation,
        state text not null default 'waiting' check (state in ('waiting', 'running', 'done', 'cancelled', 'failed')),
        asked_by integer not null references staff_member,
        asked_at timestamptz not null,
        ended_at timestamptz,
        expected integer,
        new_name text,
        asked integer not null default 0,
        added integer not null default 0,
        moved integer not null default 0,
        removed integer not null default 0,
        already integer not null default 0,
        refused integer not null default 0,
        groups jsonb not null default '[]',
        failure text,
        is_forgotten boolean not null default false,
        constraint operation_adds_up check (asked = added + moved + removed + already + refused)
      )
    `)
    this.addSql(`create index bulk_operation_by_group on bulk_operation (group_id, id)`)
    this.addSql(`create index bulk_operation_open on bulk_operation (id) where state in ('waiting', 'running')`)
    this.addSql(`create index bulk_operation_kept on bulk_operation (ended_at) where not is_forgotten`)
    // Written over a connection of its own while the operation's transaction is under way.
    this.addSql(`
      create table operation_progress (
        operation_id integer primary key references bulk_operation on delete cascade,
        done integer not null default 0,
        total integer not null default 0,
        is_cancelled boolean not null default false
      )
    `)

    this.addSql(`
      alter table primary_membership
        add column operation_id integer,
        add column previous_group_id integer,
        add column previous_joined_at timestamptz,
        add column previous_joined_by integer,
        add column previous_operation_id integer
    `)
    this.addSql(`alter table list_membership add column operation_id integer`)
    this.addSql(`
      create table ended_membership (
        operation_id integer not null references bulk_operation on delete cascade,
        customer_id integer not null references customer on delete cascade,
        joined_at timestamptz not null,
        joined_by integer,
        joined_operation_id integer,
        primary key (operation_id, customer_id)
      )
    `)
    this.addSql(`create index ended_membership_by_customer on ended_membership (customer_id)`)
    this.addSql(`
      create table deleted_group (
        operation_id integer primary key references bulk_operation on delete cascade,
        kept jsonb not null
      )
    `)
    this.addSql(`
      create or replace view membership as
        select group_id, customer_id, joined_at, joined_by, operation_id from primary_membership
        union all
        select group_id, customer_id, joined_at, joined_by, operation_id from list_membership
    `)
    this.addSql(`create index activity_by_operation on activity (operation_id) where operation_id is not null`)
  }
}
