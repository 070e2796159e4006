import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import { findRetailer } from '../retailer/queries.ts'
import { alone } from './alone.ts'
import { dayOf, dayStart, type RetailersDay } from './calendar.ts'
import { isFresh, LONG_FRESH_MS } from './fresh.ts'

/** The lengths of periods in days, up to and including today. */
export const PERIODS = [30, 90, 365] as const
export type Period = (typeof PERIODS)[number]

/** Which sales count: those of a period, or of all time (null), in one shop, or in all (null). */
export interface SalesKey {
  days: Period | null
  shopId: number | null
}

/** Which ranking: a group's, of these sales. */
export interface RankingKey extends SalesKey {
  groupId: number
}

/** True if a job works the figures of these sales out. Those of all time in all shops follow each sale. */
export const isByJob = ({ days, shopId }: SalesKey): boolean => days !== null || shopId !== null

/** What the tables of periods have for all time, and for all shops. */
const ALL = 0
export const keyOf = ({ days, shopId }: SalesKey) => ({ days: days ?? ALL, shopId: shopId ?? ALL })

/** True for a row of these sales, in a table of periods. */
export function areThese(sales: SalesKey): RawBuilder<boolean> {
  const { days, shopId } = keyOf(sales)
  return sql<boolean>`days = ${days} and shop_id = ${shopId}`
}

/** True for one of these sales. */
export function isOneOf({ days, shopId }: SalesKey, { today, timeZone }: RetailersDay): RawBuilder<boolean> {
  const since = days === null ? null : dayStart(sql`${today}::date - ${days - 1}::int`, timeZone)
  const lately = since ? sql<boolean>`sale.sold_at >= ${since}` : sql<boolean>`true`
  return shopId === null
    ? lately
    : sql<boolean>`${lately} and sale.till_id in (select id from till where shop_id = ${shopId})`
}

/** How long a ranking of these sales stays fresh, in ms. One of all time reads more sales than any other. */
const freshFor = ({ days }: SalesKey) => (days === null ? LONG_FRESH_MS : undefined)

export interface PeriodRanking {
  asOf: string
  /** The number of products that the group's members bought within the period. */
  total: number
  /** Whether it is out of date, and so is being worked out again. */
  isStale: boolean
}

/** A ranking as it was last worked out; null if it never was. */
export async function findPeriodRanking(em: Em, ranked: RankingKey, now: Date): Promise<PeriodRanking | null> {
  const kept = await row(
    em,
    sql<{ asOf: string; total: number }>`
    select as_of as "asOf", products as total from period_ranking where group_id = ${ranked.groupId} and ${areThese(ranked)}
  `
  )
  return kept ? { ...kept, isStale: !isFresh(kept.asOf, now, freshFor(ranked)) } : null
}

const nameOf = ({ groupId, days, shopId }: RankingKey) => `rank-period ${groupId} ${days} ${shopId}`

/** Has a job work out a ranking soon. If it is fresh when the job starts, it is left as it is. */
export async function askForPeriodRanking(em: Em, { groupId, days, shopId }: RankingKey): Promise<void> {
  await askOnce(em, 'rank-period', { groupId, days, shopId }, nameOf({ groupId, days, shopId }))
}

const MANY_PRODUCTS = 1_000

/** Works out a ranking and replaces the previous one, in one step. */
export async function rankPeriod(em: Em, ranked: RankingKey, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const day = dayOf(retailer, now)
  await alone(em, nameOf(ranked), async (inner) => {
    const kept = await findPeriodRanking(inner, ranked, now)
    if (kept && !kept.isStale) return
    await rows(inner, sql`delete from period_ranking where group_id = ${ranked.groupId} and ${areThese(ranked)}`)
    await rows(inner, addedUp(ranked, day))
    await rows(inner, replacement(ranked, now))
    const { total = 0 } = (await findPeriodRanking(inner, ranked, now)) ?? {}
    // Without fresh statistics, the next pages would be planned as if the table were empty.
    if (total > MANY_PRODUCTS) await rows(inner, sql`analyze period_product`)
  })
}

/**
 * The sums go into a table of their own because PostgreSQL uses several processes only for a query that writes no
 * existing table.
 */
const addedUp = (ranked: RankingKey, day: RetailersDay) => sql`
  create temporary table sold on commit drop as
  select line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
    count(distinct line.customer_id) filter (where line.quantity > 0)::int as buyers
  from sale join sale_line line on line.sale_id = sale.id
  where ${isOneOf(ranked, day)} and ${ranked.groupId} <> ${WALK_IN_GROUP}
    and line.customer_id in (select customer_id from membership where group_id = ${ranked.groupId})
  group by line.product_id
`

function replacement(ranked: RankingKey, now: Date) {
  const { groupId } = ranked
  const { days, shopId } = keyOf(ranked)
  return sql`
    with ranked as (
      select row_number() over (order by units desc, revenue desc, product.name, product.id)::int as rank,
        product_id, units, revenue, buyers
      from sold join product on product.id = product_id
    ), kept as (
      insert into period_ranking (group_id, days, shop_id, as_of, customers, products)
      select id, ${days}, ${shopId}, ${now}, (select count(*) from membership where group_id = id), (select count(*) from ranked)
      from customer_group where id = ${groupId}
    )
    insert into period_product (group_id, days, shop_id, rank, product_id, units, revenue, buyers)
    select ${groupId}, ${days}, ${shopId}, rank, product_id, units, revenue, buyers from ranked
    where exists (select from customer_group where id = ${groupId})
  `
}
