import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { WALK_IN_GROUP } from '../groups/group.ts'
import { addJob } from '../jobs/jobs.ts'
import { findRetailer } from '../retailer/queries.ts'
import { dayIn } from '../web/format.ts'
import { PAGE_SIZE } from '../web/paging.ts'
import type { RankedProduct, Ranking } from './queries.ts'

/** Days up to and with today. */
export const PERIODS = [30, 90, 365] as const
export type Period = (typeof PERIODS)[number]

/** Older than this a ranking is worked out again while it is looked at. */
const FRESH_MS = 5 * 60 * 1000

export interface PeriodRanking extends Ranking {
  asOf: string
  /** Whether it is being worked out again. */
  isStale: boolean
}

/** A ranking as it was last worked out; null if it never was. */
export async function findPeriodRanking(
  em: Em,
  groupId: number,
  days: Period,
  afterRank: number,
  now: Date
): Promise<PeriodRanking | null> {
  const kept = await row(
    em,
    sql<{ asOf: string; total: number; isStale: boolean }>`
    select as_of as "asOf", products as total, as_of < ${freshSince(now)} as "isStale"
    from period_ranking where group_id = ${groupId} and days = ${days}
  `
  )
  return kept ? { ...kept, products: await pageOf(em, groupId, days, afterRank) } : null
}

/** Has a ranking worked out soon; one that turns out to be fresh by then is left as it is. */
export async function askForPeriodRanking(em: Em, groupId: number, days: Period): Promise<void> {
  await addJob(em, 'rank-period', { groupId, days }, `rank-period ${groupId} ${days}`)
}

async function pageOf(em: Em, groupId: number, days: Period, afterRank: number): Promise<RankedProduct[]> {
  return rows(
    em,
    sql<RankedProduct>`
    select rank, sku, name, units, revenue, buyers, buyers::float8 / nullif(customers, 0) as share
    from period_product
    join period_ranking using (group_id, days)
    join product on product.id = product_id
    where group_id = ${groupId} and days = ${days} and rank > ${afterRank}
    order by rank limit ${PAGE_SIZE}
  `
  )
}

function freshSince(now: Date): Date {
  return new Date(now.getTime() - FRESH_MS)
}

/** Works a ranking out and puts it in the place of the one before, as one step. */
export async function rankPeriod(em: Em, groupId: number, days: Period, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const { timeZone } = retailer
  await em.transactional(async (inner) => {
    await rows(inner, sql`select set_config('statement_timeout', '0', true), set_config('work_mem', '64MB', true)`)
    // Waits for another that works out the same, and then has nothing to do.
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext('rank-period'), ${groupId})`)
    if (await isFresh(inner, groupId, days, now)) return
    await rows(inner, sql`delete from period_ranking where group_id = ${groupId} and days = ${days}`)
    await rows(
      inner,
      replacement(
        groupId,
        days,
        now,
        sql`(${dayIn(timeZone, now)}::date - ${days - 1}::int)::timestamp at time zone ${timeZone}`
      )
    )
  })
}

async function isFresh(em: Em, groupId: number, days: Period, now: Date): Promise<boolean> {
  const fresh = sql`select 1 from period_ranking where group_id = ${groupId} and days = ${days} and as_of >= ${freshSince(now)}`
  return (await row(em, fresh)) !== undefined
}

const replacement = (groupId: number, days: Period, now: Date, since: RawBuilder<unknown>) => sql`
  with sold as (
    select line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
      count(distinct line.customer_id) filter (where line.quantity > 0)::int as buyers
    from sale
    join membership using (customer_id)
    join sale_line line on line.sale_id = sale.id
    where sale.sold_at >= ${since} and membership.group_id = ${groupId} and membership.group_id <> ${WALK_IN_GROUP}
    group by line.product_id
  ), ranked as (
    select row_number() over (order by units desc, revenue desc, product.name, product.id)::int as rank,
      product_id, units, revenue, buyers
    from sold join product on product.id = sold.product_id
  ), kept as (
    insert into period_ranking (group_id, days, as_of, customers, products)
    select id, ${days}, ${now}, (select count(*) from membership where group_id = id), (select count(*) from ranked)
    from customer_group where id = ${groupId}
  )
  insert into period_product (group_id, days, rank, product_id, units, revenue, buyers)
  select ${groupId}, ${days}, rank, product_id, units, revenue, buyers from ranked
  where exists (select from customer_group where id = ${groupId})
`
