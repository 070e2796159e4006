import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { chance, wholeChance } from './chance.ts'
import { makePeople } from './people.ts'
import { TIME_ZONE } from './shop.ts'
import type { Superstore } from './superstore.ts'

/**
 * Puts the data into temporary tables (demo_shopper, demo_order, demo_line) for later statements. Its days are shifted
 * so that the last sale was on the day before `today` (YYYY-MM-DD).
 */
export async function stage(em: Em, { shoppers, orders, lines }: Superstore, today: string): Promise<void> {
  const people = makePeople(shoppers).map((person) => ({ ...person, has_account: hasAccount(person) }))
  const sales = orders.map((order) => ({ ...order, pays_after: paysAfter(order.receipt) }))
  await rows(em, stagedShoppers(JSON.stringify(people)))
  await rows(em, stagedOrders(JSON.stringify(sales), today))
  await rows(em, stagedLines(JSON.stringify(lines)))
  await rows(em, sql`analyze demo_shopper, demo_order, demo_line`)
}

const stagedShoppers = (people: string) => sql`
  create temporary table demo_shopper on commit drop as
  select nextval(pg_get_serial_sequence('customer', 'id'))::integer as customer_id, file.*
  from jsonb_to_recordset(${people}::jsonb) as file (
    key text, segment text, first_name text, last_name text, phone text, email text,
    birth_date date, gender text, location text, has_account boolean
  )
`

/** All days are shifted by the same number; the time of day in the shop stays. */
const stagedOrders = (orders: string, today: string) => sql`
  create temporary table demo_order on commit drop as
  select receipt, customer_id, region, pays_after,
    (moment + make_interval(days => ${today}::date - 1 - max(moment::date) over ())) at time zone ${TIME_ZONE} as sold_at
  from jsonb_to_recordset(${orders}::jsonb) as file (
    receipt text, shopper text, region text, moment timestamp, pays_after integer
  )
  join demo_shopper on demo_shopper.key = file.shopper
`

const stagedLines = (lines: string) => sql`
  create temporary table demo_line on commit drop as
  select * from jsonb_to_recordset(${lines}::jsonb) as file (
    place integer, receipt text, sku text, product text, category text, quantity integer, amount numeric
  )
`

/** A third of the Corporate customers have an account. */
function hasAccount({ key, segment }: { key: string; segment: string }): boolean {
  return segment === 'Corporate' && chance('has account', key) < 1 / 3
}

/** The number of days until an invoice is paid: within a month for most, but much later for one in twelve. */
function paysAfter(receipt: string): number {
  const isLate = wholeChance(12, 'pays late', receipt) === 0
  return isLate ? 60 + wholeChance(120, 'pays after', receipt) : 5 + wholeChance(26, 'pays after', receipt)
}
