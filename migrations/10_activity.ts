import { Migration } from '@mikro-orm/migrations'

/**
 * Who did what to which group or customer, and when. Rows are added and never changed. Personal values are kept apart
 * in activity_value, where the deletion of a customer finds them. The ids of deleted groups and customers stay.
 */
export class Activity extends Migration {
  override up(): void {
    this.addSql(`
      create table activity (
        id bigint generated always as identity primary key,
        at timestamptz not null,
        by integer references staff_member,
        kind text not null,
        group_id integer,
        from_group_id integer,
        customer_id integer,
        staff_member_id integer references staff_member,
        operation_id integer,
        details jsonb not null default '{}'
      )
    `)
    // These indexes are ordered by moment, so that any filter's page, and any stretch of time within it, walks along
    // one of them.
    this.addSql(`create index activity_by_time on activity (at, id)`)
    this.addSql(`create index activity_by_kind on activity (kind, at, id)`)
    for (const column of ['group_id', 'from_group_id', 'customer_id', 'by', 'staff_member_id']) {
      this.addSql(`create index on activity (${column}, at, id) where ${column} is not null`)
    }
    this.addSql(`create index activity_by_operation on activity (operation_id) where operation_id is not null`)

    this.addSql(`
      create table activity_value (
        activity_id bigint not null references activity,
        customer_id integer not null references customer on delete cascade,
        field text not null,
        before text,
        after text,
        primary key (activity_id, field)
      )
    `)
    this.addSql(`create index on activity_value (customer_id)`)

    this.addSql(`
      create function guard_activity() returns trigger language plpgsql as $$
      begin
        raise exception 'What was done stays on record' using errcode = 'CL005';
      end
      $$
    `)
    // Deleting a customer deletes their values when the customer is gone. Nothing else may delete a value.
    this.addSql(`
      create function guard_activity_value() returns trigger language plpgsql as $$
      begin
        if tg_op = 'DELETE' and not exists (select from customer where id = old.customer_id) then
          return old;
        end if;
        raise exception 'What was done stays on record' using errcode = 'CL005';
      end
      $$
    `)
    this.addSql(`
      create trigger guard_activity before update or delete on activity
      for each row execute function guard_activity()
    `)
    this.addSql(`
      create trigger guard_activity_value before update or delete on activity_value
      for each row execute function guard_activity_value()
    `)
  }
}
