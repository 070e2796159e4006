import { Migration } from '@mikro-orm/migrations'

/**
 * Selections, and the bulk operations that use them up. What undo needs is in the rows of memberships themselves (the
 * operation that wrote them, and what was there before). Memberships that ended, and customers that were created or
 * updated, are kept apart.
 */
export class Operations extends Migration {
  override up(): void {
    // The page chooses the id, so that two ticks which arrive at once belong to the same selection.
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
    // This index finds the selections that the deletion of a group would end.
    this.addSql(`create index selection_by_group on selection (group_id)`)
    this.addSql(`
      create table selection_tick (
        selection_id uuid references selection on delete cascade,
        customer_id integer references customer on delete cascade,
        is_ticked boolean not null,
        primary key (selection_id, customer_id)
      )
    `)
    this.addSql(`create index selection_tick_by_customer on selection_tick (customer_id)`)

    // A change to one customer at the counter (by_hand) is an operation too, which staff may undo. For an import,
    // `lists` are those it created; for the undo of an import, those that were deleted again (`lists`) and those that
    // stayed (`lists_kept`).
    this.addSql(`
      create table bulk_operation (
        id integer generated always as identity primary key,
        kind text not null check (kind in ('add', 'remove', 'import', 'delete-group', 'undo')),
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
        created integer not null default 0,
        added integer not null default 0,
        moved integer not null default 0,
        removed integer not null default 0,
        updated integer not null default 0,
        already integer not null default 0,
        refused integer not null default 0,
        lists integer not null default 0,
        lists_kept integer not null default 0,
        groups jsonb not null default '[]',
        failure text,
        by_hand boolean not null default false,
        is_forgotten boolean not null default false,
        constraint operation_adds_up
          check (asked = created + added + moved + removed + updated + already + refused)
      )
    `)
    this.addSql(`create index bulk_operation_by_group on bulk_operation (group_id, id)`)
    this.addSql(`create index bulk_operation_open on bulk_operation (id) where state in ('waiting', 'running')`)
    this.addSql(`create index bulk_operation_kept on bulk_operation (ended_at) where not is_forgotten`)
    // Progress is written over a connection of its own while the operation's transaction is under way.
    this.addSql(`
      create table operation_progress (
        operation_id integer primary key references bulk_operation on delete cascade,
        done integer not null default 0,
        total integer not null default 0,
        is_cancelled boolean not null default false
      )
    `)

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

    // The customers whom each operation changed, for these customers' pages. Memberships know only the last operation,
    // and forget it when it is undone. A row stands for up to 1,024 customers with neighbouring ids, so that a million
    // customers take a thousand rows.
    this.addSql(`
      create table operation_customers (
        operation_id integer not null references bulk_operation on delete cascade,
        block integer not null,
        group_id integer,
        members bit(1024) not null
      )
    `)
    this.addSql(`create index operation_customers_by_block on operation_customers (block, operation_id)`)
  }
}
