import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import { findRetailer } from '../retailer/queries.ts'
import { alone } from './alone.ts'
import { dayOf, dayStart } from './calendar.ts'
import { isFresh } from './fresh.ts'

/** The lengths of periods in days, up to and including today. */
export const PERIODS = [30, 90, 365] as const
export type Period = (typeof PERIODS)[number]

export interface PeriodRanking {
  asOf: string
  /** The number of products that the group's members bought within the period. */
  total: number
  /** Whether it is out of date, and so is being worked out again. */
  isStale: boolean
}

/** A ranking as it was last worked out; null if it never was. */
export async function findPeriodRanking(
  em: Em,
  groupId: number,
  days: Period,
  now: Date
): Promise<PeriodRanking | null> {
  const kept = await row(
    em,
    sql<{ asOf: string; total: number }>`
    select as_of as "asOf", products as total from period_ranking where group_id = ${groupId} and days = ${days}
  `
  )
  return kept ? { ...kept, isStale: !isFresh(kept.asOf, now) } : null
}

/** Has a job work out a ranking soon. If it is fresh when the job starts, it is left as it is. */
export async function askForPeriodRanking(em: Em, groupId: number, days: Period): Promise<void> {
  await askOnce(em, 'rank-period', { groupId, days }, `rank-period ${groupId} ${days}`)
}

const MANY_PRODUCTS = 1_000

/** Works out a ranking and replaces the previous one, in one step. */
export async function rankPeriod(em: Em, groupId: number, days: Period, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const { today, timeZone } = dayOf(retailer, now)
  await alone(em, `rank-period ${groupId} ${days}`, async (inner) => {
    const kept = await findPeriodRanking(inner, groupId, days, now)
    if (kept && !kept.isStale) return
    await rows(inner, sql`delete from period_ranking where group_id = ${groupId} and days = ${days}`)
    await rows(inner, addedUp(groupId, dayStart(sql`${today}::date - ${days - 1}::int`, timeZone)))
    await rows(inner, replacement(groupId, days, now))
    const { total = 0 } = (await findPeriodRanking(inner, groupId, days, now)) ?? {}
    // Without fresh statistics, the next pages would be planned as if the table were empty.
    if (total > MANY_PRODUCTS) await rows(inner, sql`analyze period_product`)
  })
}

/**
 * The sums go into a table of their own because PostgreSQL uses several processes only for a query that writes no
 * existing table.
 */
const addedUp = (groupId: number, since: RawBuilder<unknown>) => sql`
  create temporary table sold on commit drop as
  select line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
    count(distinct line.customer_id) filter (where line.quantity > 0)::int as buyers
  from sale join sale_line line on line.sale_id = sale.id
  where sale.sold_at >= ${since} and ${groupId} <> ${WALK_IN_GROUP}
    and line.customer_id in (select customer_id from membership where group_id = ${groupId})
  group by line.product_id
`

const replacement = (groupId: number, days: Period, now: Date) => sql`
  with ranked as (
    select row_number() over (order by units desc, revenue desc, product.name, product.id)::int as rank,
      product_id, units, revenue, buyers
    from sold join product on product.id = product_id
  ), kept as (
    insert into period_ranking (group_id, days, as_of, customers, products)
    select id, ${days}, ${now}, (select count(*) from membership where group_id = id), (select count(*) from ranked)
    from customer_group where id = ${groupId}
  )
  insert into period_product (group_id, days, rank, product_id, units, revenue, buyers)
  select ${groupId}, ${days}, rank, product_id, units, revenue, buyers from ranked
  where exists (select from customer_group where id = ${groupId})
`
