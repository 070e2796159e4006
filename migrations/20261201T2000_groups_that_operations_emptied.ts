import { Migration } from '@mikro-orm/migrations'

/**
 * Out of which groups bulk operations took customers, for the timelines of these groups; what is done at the counter names its
 * group itself. Entered at once (fastupdate), as PostgreSQL takes a long list of entries to come for a reason to read the table.
 */
export class GroupsThatOperationsEmptied extends Migration {
  override up(): void {
    this.addSql(`
      create index bulk_operation_by_group_left on bulk_operation using gin (groups jsonb_path_ops) with (fastupdate = off)
      where not by_hand and groups <> '[]'
    `)
  }
}
