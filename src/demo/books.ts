import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { MANAGER, TIME_ZONE } from './shop.ts'

/** Only from this much a purchase goes on account; less is paid at the till. */
const LEAST_ON_ACCOUNT = 100

/** Enters what is staged: who the customers are, what they bought, what they owe. */
export async function keepBooks(em: Em, now: Date): Promise<void> {
  await rows(em, customers)
  await rows(em, primaryMemberships)
  await rows(em, products)
  await rows(em, sales)
  await rows(em, saleLines)
  await rows(em, totals)
  await rows(em, accountEntries(now))
}

/** On the books five minutes before their first sale. */
const customers = sql`
  insert into customer (id, first_name, last_name, phone, email, birth_date, gender, location, created_at)
  select customer_id, first_name, last_name, phone, email, birth_date, gender, location, first_sold_at - interval '5 minutes'
  from demo_shopper
    join (select customer_id, min(sold_at) as first_sold_at from demo_order group by customer_id) first using (customer_id)
`

/** Into a group that lets a till do more, only a manager can have put them (design.md, Roles). */
const primaryMemberships = sql`
  insert into primary_membership (customer_id, group_id, joined_at, joined_by)
  select customer.id, segment.id, customer.created_at, case when segment.allows_on_account then ${MANAGER} end
  from demo_shopper
    join customer on customer.id = demo_shopper.customer_id
    join customer_group segment on segment.name = demo_shopper.segment
`

const products = sql`
  insert into product (sku, name) select sku, product from demo_line group by sku, product order by min(place)
`

const sales = sql`
  insert into sale (receipt, customer_id, sold_at, total, on_account)
  select receipt, customer_id, sold_at, total, case when has_account and total >= ${LEAST_ON_ACCOUNT} then total else 0 end
  from demo_order
    join demo_shopper using (customer_id)
    join (select receipt, sum(amount) as total from demo_line group by receipt) receipt_total using (receipt)
  order by sold_at, receipt
`

const saleLines = sql`
  insert into sale_line (sale_id, number, customer_id, product_id, quantity, amount)
  select sale.id, row_number() over (partition by sale.id order by place), sale.customer_id, product.id, quantity, amount
  from demo_line
    join sale using (receipt)
    join product on product.sku = demo_line.sku and product.name = demo_line.product
`

const totals = sql`
  insert into customer_totals (customer_id, orders, spent, last_order_at)
  select customer_id, count(*), sum(total), max(sold_at) from sale group by customer_id
`

/** A charge for each sale on account, and the payments that have come in by now. */
const accountEntries = (now: Date) => sql`
  with charge as (
    select id, customer_id, on_account, sold_at,
      (sold_at at time zone ${TIME_ZONE} + make_interval(days => pays_after)) at time zone ${TIME_ZONE} as paid_at
    from sale join demo_order using (receipt, customer_id, sold_at)
    where on_account > 0
  )
  insert into account_entry (customer_id, kind, amount, sale_id, entered_at, entered_by)
  select customer_id, 'charge', on_account, id, sold_at, null from charge
  union all
  select customer_id, 'payment', -on_account, null, paid_at, ${MANAGER} from charge where paid_at <= ${now}
  order by 5, 1, 2
`
