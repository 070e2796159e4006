import { Migration } from '@mikro-orm/migrations'

/**
 * What every shop begins with: the two built-in groups, and the walk-in customer in one of them. Triggers begin their
 * figures.
 */
export class FirstRows extends Migration {
  override up(): void {
    this.addSql(`
      insert into customer_group (id, kind, system, name, description) values
        (1, 'primary', 'default', 'Default', 'Everyone who has not been given another primary group.'),
        (2, 'primary', 'walk-in', 'Walk-in', 'For sales to people who leave no name.')
    `)
    this.addSql(`insert into customer (id, first_name, last_name) values (1, 'Walk-in', 'customer')`)
    this.addSql(`insert into primary_membership (customer_id, group_id, joined_at) values (1, 2, now())`)
    this.addSql(`insert into customer_totals (customer_id) values (1)`)
  }
}
