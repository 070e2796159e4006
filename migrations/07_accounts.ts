import { Migration } from '@mikro-orm/migrations'

/** What customers owe: the entries of their accounts and the balance of each account. */
export class Accounts extends Migration {
  override up(): void {
    // A payment may say how and when it was made, and with which reference. Payments from before this was asked for do
    // not.
    this.addSql(`
      create table account_entry (
        id bigint generated always as identity primary key,
        customer_id integer references customer on delete set null,
        kind text not null check (kind in ('charge', 'payment', 'adjustment')),
        amount numeric(16,3) not null check (amount <> 0),
        sale_id bigint unique references sale,
        reason text,
        tender text check (tender in ('cash', 'card', 'transfer', 'cheque', 'other')),
        paid_on date,
        reference text,
        entered_at timestamptz not null,
        entered_by integer references staff_member,
        constraint walk_in_has_no_account check (customer_id <> 1),
        check ((kind = 'charge') = (sale_id is not null)),
        check (kind <> 'payment' or amount < 0),
        constraint payments_alone_are_paid
          check (kind = 'payment' or (tender is null and paid_on is null and reference is null))
      )
    `)
    this.addSql(`create index account_entry_by_customer on account_entry (customer_id, id)`)

    // The database keeps the balance of each account along with its entries, so that an index finds those of a million
    // customers who owe something. A customer who has never had an entry has no row.
    this.addSql(`
      create table account_balance (
        customer_id integer primary key references customer on delete cascade,
        balance numeric not null
      )
    `)
    this.addSql(
      `create index account_balance_owed on account_balance (customer_id) include (balance) where balance > 0`
    )
    // Rows are locked in the order of their ids, so that two statements about several accounts never deadlock.
    this.addSql(`
      create function note_entered() returns trigger language plpgsql as $$
      begin
        insert into account_balance (customer_id, balance)
        select customer_id, sum(amount) from fresh where customer_id is not null group by customer_id order by customer_id
        on conflict (customer_id) do update set balance = account_balance.balance + excluded.balance;
        return null;
      end
      $$
    `)
    this.addSql(`
      create function note_unentered() returns trigger language plpgsql as $$
      begin
        update account_balance kept set balance = kept.balance - gone.amount
        from (select customer_id, sum(amount) as amount from stale group by customer_id) gone
        where kept.customer_id = gone.customer_id;
        return null;
      end
      $$
    `)
    // The entries of a deleted customer become nobody's. Their row of account_balance has gone, or goes with them.
    this.addSql(`
      create function note_entry_changed() returns trigger language plpgsql as $$
      begin
        update account_balance kept set balance = kept.balance + changed.amount
        from (
          select customer_id, sum(amount) as amount from (
            select customer_id, amount from fresh union all select customer_id, -amount from stale
          ) entry group by customer_id having sum(amount) <> 0
        ) changed
        where kept.customer_id = changed.customer_id;
        return null;
      end
      $$
    `)
    this.addSql(`
      create trigger note_entered after insert on account_entry
        referencing new table as fresh for each statement execute function note_entered()
    `)
    this.addSql(`
      create trigger note_unentered after delete on account_entry
        referencing old table as stale for each statement execute function note_unentered()
    `)
    this.addSql(`
      create trigger note_entry_changed after update on account_entry
        referencing old table as stale new table as fresh for each statement execute function note_entry_changed()
    `)
  }
}
