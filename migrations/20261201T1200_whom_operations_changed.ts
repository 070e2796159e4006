import { Migration } from '@mikro-orm/migrations'

const BIT = `set_bit(B'0'::bit(1024), customer_id & 1023, 1)`

/**
 * Whom each bulk operation changed, for the pages of these customers: memberships know only the last one, and forget it when it
 * is undone. A row stands for up to 1,024 customers with neighbouring numbers, so that a million cost a thousand rows.
 */
export class WhomOperationsChanged extends Migration {
  override up(): void {
    // What is done to one customer at the counter is an operation too, which staff may undo.
    this.addSql(`alter table bulk_operation add column by_hand boolean not null default false`)
    this.addSql(`
      create table operation_customers (
        operation_id integer not null references bulk_operation on delete cascade,
        block integer not null,
        group_id integer,
        members bit(1024) not null
      )
    `)
    this.addSql(`create index operation_customers_by_block on operation_customers (block, operation_id)`)
    // What is still known of operations before.
    this.addSql(`
      insert into operation_customers (operation_id, block, group_id, members)
      select known.operation_id, customer_id >> 10, known.group_id, bit_or(${BIT})
      from (
        select operation_id, customer_id, previous_group_id as group_id from primary_membership where operation_id is not null
        union all
        select previous_operation_id, customer_id, null from primary_membership where previous_operation_id is not null
        union all
        select operation_id, customer_id, null from list_membership where operation_id is not null
        union all
        select operation_id, customer_id, null from ended_membership
        union all
        select operation_id, customer_id, null from updated_customer
      ) known join bulk_operation on bulk_operation.id = known.operation_id
      group by 1, 2, 3
    `)
  }
}
