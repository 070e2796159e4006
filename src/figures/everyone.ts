import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import { findRetailer } from '../retailer/queries.ts'
import { alone } from './alone.ts'
import { dayOf } from './calendar.ts'
import { isFresh, LONG_FRESH_MS } from './fresh.ts'
import { areThese, isOneOf, keyOf, type SalesKey } from './periods.ts'
import { EVERYONE } from './queries.ts'

/**
 * The moment for which the number of a product's buyers among all customers, in these sales, is known; null if it was
 * never counted.
 */
export async function findBuyersAsOf(em: Em, sales: SalesKey): Promise<string | null> {
  const kept = await row(
    em,
    sql<{ asOf: string }>`select as_of as "asOf" from everyone_period where ${areThese(sales)}`
  )
  return kept?.asOf ?? null
}

const nameOf = ({ days, shopId }: SalesKey) => `count-buyers ${days} ${shopId}`

/** Has a job count these buyers soon, unless it has done so recently. */
export async function askForBuyers(em: Em, { days, shopId }: SalesKey): Promise<void> {
  await askOnce(em, 'count-buyers', { days, shopId }, nameOf({ days, shopId }))
}

export async function countBuyers(em: Em, sales: SalesKey, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const day = dayOf(retailer, now)
  const { days, shopId } = keyOf(sales)
  await alone(em, nameOf(sales), async (inner) => {
    // The count runs in a single process of PostgreSQL's, because nobody waits for it and others are at work.
    await rows(inner, sql`select set_config('max_parallel_workers_per_gather', '0', true)`)
    if (isFresh(await findBuyersAsOf(inner, sales), now, LONG_FRESH_MS)) return
    await rows(inner, sql`delete from everyone_period where ${areThese(sales)}`)
    await rows(
      inner,
      sql`
      with kept as (
        insert into everyone_period (days, shop_id, as_of, customers) select ${days}, ${shopId}, ${now}, (${EVERYONE})
      )
      insert into everyone_period_product (days, shop_id, product_id, buyers)
      select ${days}, ${shopId}, line.product_id, count(distinct line.customer_id)
      from sale join sale_line line on line.sale_id = sale.id
      where ${isOneOf(sales, day)} and line.quantity > 0 and line.customer_id <> ${WALK_IN_CUSTOMER}
      group by line.product_id
    `
    )
    await rows(inner, sql`analyze everyone_period_product`)
  })
}
