import { Migration } from '@mikro-orm/migrations'

/**
 * What a till is told of a group besides what it may do: how many percent it takes off by itself, which price list it uses,
 * and what it says to the cashier where purchases are restricted. Null where nothing is said. Lists have no settings.
 */
export class WhatTillsAreTold extends Migration {
  override up(): void {
    this.addSql(`
      alter table customer_group
        add column automatic_discount numeric(5, 2) check (automatic_discount between 0 and 100),
        add column price_list text check (length(price_list) between 1 and 80),
        add column purchase_message text check (length(purchase_message) between 1 and 200),
        add constraint group_list_without_advice
          check (kind = 'primary' or num_nonnulls(automatic_discount, price_list, purchase_message) = 0)
    `)
  }
}
