import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { areThese, isByJob, type RankingKey } from './periods.ts'
import { type ProductRank, RATIO, type RankingOrder, rankingRows } from './ranking.ts'

/** The SQL expressions that each sort of products goes by. Names decide between equals. */
const KEYS = {
  units: [sql`one.units`, sql`one.revenue`],
  revenue: [sql`one.revenue`, sql`one.units`],
  buyers: [sql`one.buyers`, sql`one.units`],
  lift: [RATIO, sql`one.buyers`]
} as const

/**
 * The ids of the products on the page that follows the first `after` products. Looking up names is slow and only
 * matters between equals. So this first finds the figures at the beginning of the page (for units, in an index that
 * holds just them), then reads as many products from there as the page needs, together with all that equal its first
 * and last.
 */
export async function findRankingPage(
  em: Em,
  ranked: RankingKey,
  { sort, direction }: RankingOrder,
  after: number,
  limit: number
): Promise<number[]> {
  const way = direction === 'asc' ? sql`asc` : sql`desc`
  if (sort === 'name') return byName(em, ranked, way, after, limit)
  if (isByJob(ranked) && sort === 'units' && direction === 'desc') return byRank(em, ranked, after, limit)
  const [first, second] = KEYS[sort]
  const order = sql`${first} ${way}, ${second} ${way}`
  const beyond = direction === 'asc' ? sql`>=` : sql`<=`
  const found = await rows(
    em,
    sql<{ productId: number }>`
    with beginning as materialized (
      select ${first} as first, ${second} as second,
        row_number() over (order by ${order}) - rank() over (order by ${order}) as skipped
      from ${rankingRows(ranked)} one order by ${order} offset ${after} limit 1
    ), near as (
      select one.product_id, ${first} as first, ${second} as second from ${rankingRows(ranked)} one
      where (${first}, ${second}) ${beyond} ((select first from beginning), (select second from beginning))
      order by ${order} fetch first (coalesce((select skipped from beginning), 0) + ${limit}) rows with ties
    )
    select product_id as "productId" from near join product on product.id = product_id
    order by first ${way}, second ${way}, product.name, product.id
    offset (select skipped from beginning) limit ${limit}
  `
  )
  return found.map(({ productId }) => productId)
}

async function byName(em: Em, ranked: RankingKey, way: RawBuilder<unknown>, after: number, limit: number) {
  const found = await rows(
    em,
    sql<{ productId: number }>`
    select product.id as "productId" from ${rankingRows(ranked)} one join product on product.id = one.product_id
    order by product.name ${way}, product.id ${way} offset ${after} limit ${limit}
  `
  )
  return found.map(({ productId }) => productId)
}

/** Reads products in the order in which a period's ranking is stored. */
async function byRank(em: Em, ranked: RankingKey, after: number, limit: number) {
  const found = await rows(
    em,
    sql<{ productId: number }>`
    select product_id as "productId" from period_product
    where group_id = ${ranked.groupId} and ${areThese(ranked)} and rank > ${after} order by rank limit ${limit}
  `
  )
  return found.map(({ productId }) => productId)
}

/** All products of a ranking in their order, for a file that holds all of them. */
export async function findWholeRanking(
  em: Em,
  ranked: RankingKey,
  { sort, direction }: RankingOrder
): Promise<ProductRank[]> {
  const way = direction === 'asc' ? sql`asc` : sql`desc`
  const order = sort === 'name' ? [sql`product.name ${way}`] : KEYS[sort].map((key) => sql`${key} ${way}`)
  return rows(
    em,
    sql<ProductRank>`
    select product.id as "productId",
      row_number() over (order by one.units desc, one.revenue desc, product.name, product.id)::int as rank
    from ${rankingRows(ranked)} one join product on product.id = one.product_id
    order by ${sql.join(order)}, product.name, product.id
  `
  )
}
