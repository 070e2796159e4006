import { Migration } from '@mikro-orm/migrations'

/**
 * The groups from which bulk operations took customers, for the timelines of these groups. A change at the counter
 * names its group itself. Entries are written to the index at once (fastupdate is off), because PostgreSQL takes a long
 * list of pending entries for a reason to read the whole table.
 */
export class GroupsThatOperationsEmptied extends Migration {
  override up(): void {
    this.addSql(`
      create index bulk_operation_by_group_left on bulk_operation using gin (groups jsonb_path_ops) with (fastupdate = off)
      where not by_hand and groups <> '[]'
    `)
  }
}
