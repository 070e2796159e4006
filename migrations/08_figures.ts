import { Migration } from '@mikro-orm/migrations'

/**
 * Figures are kept by differences. Only the passes of src/figures write a group's row; a change of a sale or a
 * membership inserts rows here instead, by these triggers, so that no code can forget to and nobody waits.
 */
export class Figures extends Migration {
  override up(): void {
    this.addSql(`
      create table group_figures (
        group_id integer primary key references customer_group on delete cascade,
        customers integer not null default 0,
        spent numeric(20,3) not null default 0
      ) with (fillfactor = 50)
    `)
    this.addSql(`
      create table group_product (
        group_id integer not null references customer_group on delete cascade,
        product_id integer not null references product,
        units numeric(20,3) not null,
        revenue numeric(20,3) not null,
        buyers integer not null,
        primary key (group_id, product_id)
      )
    `)
    this.addSql(`create index group_product_ranking on group_product (group_id, units desc, revenue desc)`)
    this.addSql(`
      create table group_top_product (
        group_id integer primary key references customer_group on delete cascade,
        product_id integer not null references product,
        units numeric(20,3) not null
      )
    `)

    // Changes that no pass has taken in yet. The tables have no keys, because rows are only ever added, and are taken
    // all at once.
    this.addSql(`create table count_change (group_id integer not null, delta integer not null) ${OFTEN_EMPTIED}`)
    this.addSql(`
      create table spend_change (
        customer_id integer not null,
        left_id integer,
        joined_id integer,
        spent numeric(16,3) not null default 0,
        at timestamptz not null default now()
      ) ${OFTEN_EMPTIED}
    `)
    this.addSql(`
      create table product_change (
        customer_id integer not null,
        left_id integer,
        joined_id integer,
        sale_id bigint,
        at timestamptz not null default now()
      ) ${OFTEN_EMPTIED}
    `)
    // What a deleted customer bought, until the rankings of their groups have taken it in.
    this.addSql(`
      create table erased_line (
        customer_id integer not null,
        sale_id bigint not null,
        product_id integer not null,
        quantity numeric(12,3) not null,
        amount numeric(16,3) not null
      ) ${OFTEN_EMPTIED}
    `)

    this.addSql(`
      create function begin_figures() returns trigger language plpgsql as $$
      begin
        insert into group_figures (group_id) values (new.id);
        return null;
      end
      $$
    `)
    this.addSql(
      `create trigger begin_figures after insert on customer_group for each row execute function begin_figures()`
    )

    this.addSql(`
      create function note_joined() returns trigger language plpgsql as $$
      begin
        insert into count_change select group_id, count(*) from joined group by group_id;
        insert into spend_change (customer_id, joined_id) select customer_id, group_id from joined where customer_id <> 1;
        insert into product_change (customer_id, joined_id) select customer_id, group_id from joined where customer_id <> 1;
        return null;
      end
      $$
    `)
    this.addSql(`
      create function note_left() returns trigger language plpgsql as $$
      begin
        insert into count_change select group_id, -count(*) from departed group by group_id;
        insert into spend_change (customer_id, left_id) select customer_id, group_id from departed where customer_id <> 1;
        insert into product_change (customer_id, left_id) select customer_id, group_id from departed where customer_id <> 1;
        return null;
      end
      $$
    `)
    this.addSql(`
      create function note_moved() returns trigger language plpgsql as $$
      begin
        with moved as (
          select departed.group_id as left_id, joined.group_id as joined_id, customer_id
          from departed join joined using (customer_id) where departed.group_id <> joined.group_id
        ), counted as (
          insert into count_change
          select group_id, sum(delta) from (
            select left_id as group_id, -count(*) as delta from moved group by left_id
            union all
            select joined_id, count(*) from moved group by joined_id
          ) step group by group_id
        ), spend as (
          insert into spend_change (customer_id, left_id, joined_id) select customer_id, left_id, joined_id from moved
        )
        insert into product_change (customer_id, left_id, joined_id) select customer_id, left_id, joined_id from moved;
        return null;
      end
      $$
    `)
    for (const table of ['primary_membership', 'list_membership']) {
      this.addSql(`
        create trigger note_joined after insert on ${table}
        referencing new table as joined for each statement execute function note_joined()
      `)
      this.addSql(`
        create trigger note_left after delete on ${table}
        referencing old table as departed for each statement execute function note_left()
      `)
    }
    this.addSql(`
      create trigger note_moved after update on primary_membership
      referencing old table as departed new table as joined for each statement execute function note_moved()
    `)

    this.addSql(`
      create function note_spent() returns trigger language plpgsql as $$
      begin
        if tg_op = 'INSERT' then
          insert into spend_change (customer_id, spent) select customer_id, spent from after where spent <> 0 and customer_id <> 1;
        elsif tg_op = 'DELETE' then
          insert into spend_change (customer_id, spent) select customer_id, -spent from before where spent <> 0 and customer_id <> 1;
        else
          insert into spend_change (customer_id, spent)
          select customer_id, after.spent - before.spent
          from before join after using (customer_id) where after.spent <> before.spent and customer_id <> 1;
        end if;
        return null;
      end
      $$
    `)
    for (const [event, tables] of [
      ['insert', 'new table as after'],
      ['update', 'old table as before new table as after'],
      ['delete', 'old table as before']
    ]) {
      this.addSql(`
        create trigger note_spent_on_${event} after ${event} on customer_totals
        referencing ${tables} for each statement execute function note_spent()
      `)
    }

    this.addSql(`
      create function note_sold() returns trigger language plpgsql as $$
      begin
        insert into product_change (customer_id, sale_id) select customer_id, id from sold where customer_id <> 1;
        return null;
      end
      $$
    `)
    this.addSql(`
      create trigger note_sold after insert on sale
      referencing new table as sold for each statement execute function note_sold()
    `)
    this.addSql(`
      create function note_erased() returns trigger language plpgsql as $$
      begin
        insert into erased_line
        select customer_id, sale_id, product_id, quantity, amount from sale_line where customer_id = old.id;
        return old;
      end
      $$
    `)
    this.addSql(`create trigger note_erased before delete on customer for each row execute function note_erased()`)
  }
}

/** Most rows of these tables are dead, and a scan of them must stay short. */
const OFTEN_EMPTIED = 'with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000)'
