import { WALK_IN_CUSTOMER } from '../db/fixed.ts'

/**
 * The figures, counted again from sales and memberships alone. `figures:verify` compares the stored figures with these,
 * and a seeded retailer begins with them. Each is SQL without parameters that reads all rows.
 */
export const TOTALS = `
  select customer.id as customer_id, coalesce(bought.orders, 0) as orders, coalesce(bought.spent, 0) as spent, bought.last_order_at
  from customer left join (
    select customer_id, count(*) filter (where total >= 0)::int as orders, sum(total) as spent,
      max(least(sold_at, received_at)) filter (where total >= 0) as last_order_at
    from sale where customer_id <> ${WALK_IN_CUSTOMER} group by customer_id
  ) bought on bought.customer_id = customer.id
  where customer.id <> ${WALK_IN_CUSTOMER}
`

export const GROUPS = `
  select customer_group.id as group_id, coalesce(held.customers, 0) as customers, coalesce(held.spent, 0) as spent
  from customer_group left join (
    select membership.group_id, count(*)::int as customers, coalesce(sum(bought.spent), 0) as spent
    from membership left join (
      select customer_id, sum(total) as spent from sale where customer_id <> ${WALK_IN_CUSTOMER} group by customer_id
    ) bought using (customer_id)
    group by membership.group_id
  ) held on held.group_id = customer_group.id
`

export const PRODUCTS = `
  select membership.group_id, bought.product_id, sum(bought.units) as units, sum(bought.revenue) as revenue,
    sum(bought.buyers)::int as buyers
  from membership join (
    select customer_id, product_id, sum(quantity) as units, sum(amount) as revenue, bool_or(quantity > 0)::int as buyers
    from sale_line where customer_id <> ${WALK_IN_CUSTOMER} group by customer_id, product_id
  ) bought using (customer_id)
  group by membership.group_id, bought.product_id
  having sum(bought.units) <> 0 or sum(bought.revenue) <> 0 or sum(bought.buyers) <> 0
`

/** The number of customers, without the walk-in, who bought each product. */
export const BUYERS = `
  select product_id, count(distinct customer_id)::int as buyers from sale_line
  where customer_id <> ${WALK_IN_CUSTOMER} and quantity > 0 group by product_id
`

export const TOP_PRODUCTS = `
  select distinct on (sold.group_id) sold.group_id, sold.product_id, sold.units
  from group_product sold join product on product.id = sold.product_id
  where sold.units > 0
  order by sold.group_id, sold.units desc, sold.revenue desc, product.name, product.id
`

/** The amount that each sale on account must have charged. */
export const CHARGES = `select id as sale_id, on_account as amount from sale where on_account <> 0`

/** The sum of each account's entries. */
export const BALANCES = `
  select customer_id, sum(amount) as balance from account_entry where customer_id is not null group by customer_id
`
