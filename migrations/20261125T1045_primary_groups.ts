import { Migration } from '@mikro-orm/migrations'

/** Everyone is counted by adding up the primary groups, which are few among thousands of lists. */
export class PrimaryGroups extends Migration {
  override up(): void {
    this.addSql(`create index group_primary on customer_group (id) where kind = 'primary'`)
  }
}
