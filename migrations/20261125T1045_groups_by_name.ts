import { Migration } from '@mikro-orm/migrations'

/** The list of groups walks this: with thousands of them, sorting all for a page of 25 was most of the page's time. */
export class GroupsByName extends Migration {
  override up(): void {
    this.addSql(`create index group_by_name on customer_group (name, id)`)
    // Few rows, so it costs nothing: everyone is counted by adding up the primary groups.
    this.addSql(`create index group_primary on customer_group (id) where kind = 'primary'`)
  }
}
