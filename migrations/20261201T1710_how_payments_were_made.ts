import { Migration } from '@mikro-orm/migrations'

/**
 * How, when and with which reference a payment was made; empty of those from before, and of what is no payment. The reference
 * is typed by people, perhaps about people: PostgreSQL keeps no sample of it, as of no such column.
 */
export class HowPaymentsWereMade extends Migration {
  override up(): void {
    this.addSql(`
      alter table account_entry
        add column tender text check (tender in ('cash', 'card', 'transfer', 'cheque', 'other')),
        add column paid_on date,
        add column reference text,
        add constraint payments_alone_are_paid
          check (kind = 'payment' or (tender is null and paid_on is null and reference is null))
    `)
    this.addSql(`alter table account_entry alter column reference set statistics 0`)
    // What a group's deletion would end.
    this.addSql(`create index selection_by_group on selection (group_id)`)
  }
}
