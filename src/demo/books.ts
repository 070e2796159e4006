import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import { recordSales } from '../sales/record.ts'
import { type Sale, saleSchema } from '../sales/sale.ts'
import { MANAGER, TIME_ZONE, tillOf } from './shop.ts'

/** A purchase of at least this many dollars goes on account. A smaller one is paid at the till. */
const LEAST_ON_ACCOUNT = 100

/** Enters what was staged: who the customers are, what they bought and what they owe. */
export async function keepBooks(em: Em, now: Date): Promise<void> {
  await rows(em, customers)
  await rows(em, primaryMemberships)
  await rows(em, sql`insert into customer_totals (customer_id) select customer_id from demo_shopper`)
  const decimals = 2
  const outcomes = await recordSales(em, (await rows(em, sales)).map(saleOf), { manner: 'asks', now, decimals })
  const refused = outcomes.find(({ result }) => result !== 'recorded')
  if (refused) throw new Error(`The demo's till may not take a sale: ${JSON.stringify(refused)}`)
  // They came in as they were sold.
  await rows(em, sql`update sale set received_at = sold_at`)
  await rows(em, payments(now))
  await rows(em, inOrderOfTime)
}

/** A customer is created five minutes before their first sale. */
const customers = sql`
  insert into customer (id, first_name, last_name, phone, email, birth_date, gender, location, created_at)
  select customer_id, first_name, last_name, phone, email, birth_date, gender, location, first_sold_at - interval '5 minutes'
  from demo_shopper
    join (select customer_id, min(sold_at) as first_sold_at from demo_order group by customer_id) first using (customer_id)
`

/** Only a manager can have put customers into a group that lets a till do more (docs/rules.md, Roles). */
const primaryMemberships = sql`
  insert into primary_membership (customer_id, group_id, joined_at, joined_by)
  select customer.id, segment.id, customer.created_at, case when segment.allows_on_account then ${MANAGER} end
  from demo_shopper
    join customer on customer.id = demo_shopper.customer_id
    join customer_group segment on segment.name = demo_shopper.segment
`

interface Order {
  till: number
  receipt: string
  customerId: number
  soldAt: string
  total: Decimal
  isOnAccount: boolean
  lines: Line[]
}

interface Line {
  sku: string
  name: string
  quantity: Decimal
  amount: Decimal
}

const sales = sql<Order>`
  select receipt, ${tillOf(sql`region`, sql`receipt`)} as till, customer_id as "customerId", sold_at as "soldAt", sum(amount) as total,
    has_account and sum(amount) >= ${LEAST_ON_ACCOUNT} as "isOnAccount",
    jsonb_agg(jsonb_build_object('sku', sku, 'name', product, 'quantity', quantity::text, 'amount', amount::text) order by place) as lines
  from demo_order join demo_shopper using (customer_id) join demo_line using (receipt)
  group by receipt, region, customer_id, sold_at, has_account
  order by sold_at, receipt
`

function saleOf({ soldAt, total, isOnAccount, ...sale }: Order): Sale {
  const tenders = isOnAccount ? { onAccount: total } : { card: total }
  return saleSchema.parse({ ...sale, soldAt: new Date(soldAt), tenders })
}

/** The payments for charges whose payment date has come. */
const payments = (now: Date) => sql`
  with charge as (
    select sale.customer_id, on_account,
      (sold_at at time zone ${TIME_ZONE} + make_interval(days => pays_after)) at time zone ${TIME_ZONE} as paid_at
    from sale join demo_order using (receipt, customer_id, sold_at)
    where on_account > 0
  )
  insert into account_entry (customer_id, kind, amount, entered_at, entered_by)
  select customer_id, 'payment', -on_account, paid_at, ${MANAGER} from charge where paid_at <= ${now}
  order by paid_at, customer_id
`

/**
 * A ledger is read in the order in which its entries were made, so they are inserted again in the order of their days.
 */
const inOrderOfTime = sql`
  with entered as (delete from account_entry returning *)
  insert into account_entry (customer_id, kind, amount, sale_id, reason, entered_at, entered_by)
  select customer_id, kind, amount, sale_id, reason, entered_at, entered_by from entered order by entered_at, id
`
