import { Migration } from '@mikro-orm/migrations'

/** The most that a cashier may take off by hand, in percent of the price before; null where there is no limit. Lists have no settings. */
export class LargestDiscount extends Migration {
  override up(): void {
    this.addSql(`
      alter table customer_group
        add column largest_discount numeric(5, 2) check (largest_discount between 0 and 100),
        add constraint group_list_without_limit check (kind = 'primary' or largest_discount is null)
    `)
  }
}
