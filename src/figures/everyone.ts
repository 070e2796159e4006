import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import { findRetailer } from '../retailer/queries.ts'
import { alone } from './alone.ts'
import { dayOf, dayStart } from './calendar.ts'
import { isFresh, LONG_FRESH_MS } from './fresh.ts'
import type { Period } from './periods.ts'
import { EVERYONE } from './queries.ts'

/**
 * The moment for which the number of a product's buyers among all customers, within a period, is known; null if it was
 * never counted.
 */
export async function findBuyersAsOf(em: Em, days: Period): Promise<string | null> {
  const kept = await row(em, sql<{ asOf: string }>`select as_of as "asOf" from everyone_period where days = ${days}`)
  return kept?.asOf ?? null
}

/** Has a job count these buyers soon, unless it has done so recently. */
export async function askForBuyers(em: Em, days: Period): Promise<void> {
  await askOnce(em, 'count-buyers', { days }, `count-buyers ${days}`)
}

export async function countBuyers(em: Em, days: Period, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const { today, timeZone } = dayOf(retailer, now)
  const since = dayStart(sql`${today}::date - ${days - 1}::int`, timeZone)
  await alone(em, `count-buyers ${days}`, async (inner) => {
    // The count runs in a single process of PostgreSQL's, because nobody waits for it and others are at work.
    await rows(inner, sql`select set_config('max_parallel_workers_per_gather', '0', true)`)
    if (isFresh(await findBuyersAsOf(inner, days), now, LONG_FRESH_MS)) return
    await rows(inner, sql`delete from everyone_period where days = ${days}`)
    await rows(
      inner,
      sql`
      with kept as (
        insert into everyone_period (days, as_of, customers) select ${days}, ${now}, (${EVERYONE})
      )
      insert into everyone_period_product (days, product_id, buyers)
      select ${days}, line.product_id, count(distinct line.customer_id)
      from sale join sale_line line on line.sale_id = sale.id
      where sale.sold_at >= ${since} and line.quantity > 0 and line.customer_id <> ${WALK_IN_CUSTOMER}
      group by line.product_id
    `
    )
    await rows(inner, sql`analyze everyone_period_product`)
  })
}
