import { sql } from 'kysely'
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

/** A ranking as it was last worked out; null if it never was. Asks for a newer one where it is old. */
export async function rankProductsWithin(
  em: Em,
  groupId: number,
  days: Period,
  afterRank: number,
  now: Date
): Promise<PeriodRanking | null> {
  const kept = await row(
    em,
    sql<{ asOf: string; total: number; isStale: boolean }>`
    select as_of as "asOf", products as total, as_of < ${new Date(now.getTime() - FRESH_MS)} as "isStale"
    from period_ranking where group_id = ${groupId} and days = ${days}
  `
  )
  if (!kept || kept.isStale) await addJob(em, 'rank-period', { groupId, days }, `rank-period ${groupId} ${days}`)
  return kept ? { ...kept, products: await pageOf(em, groupId, days, afterRank) } : null
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

/** Works a ranking out and puts it in the place of the one before, as one step. */
export async function rankPeriod(em: Em, groupId: number, days: Period, now: Date): Promise<void> {
  const retailer = await findRetailer(em)
  if (!retailer) return
  const { timeZone } = retailer
  await em.transactional(async (inner) => {
    await rows(inner, sql`select set_config('statement_timeout', '0', true), set_config('work_mem', '64MB', true)`)
    // Waits for another that works out the same; a group that is gone has none.
    await rows(inner, sql`select pg_advisory_xact_lock(hashtext('rank-period'), ${groupId})`)
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

const replacement = (groupId: number, days: Period, now: Date, since: ReturnType<typeof sql>) => sql`
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
