import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import type { Direction } from '../lib/paging.ts'
import { areThese, isByJob, type RankingKey } from './periods.ts'
import { EVERYONE_TAKEN_IN } from './queries.ts'

export const SORTS = ['units', 'name', 'revenue', 'buyers', 'lift'] as const
export interface RankingOrder {
  sort: (typeof SORTS)[number]
  direction: Direction
}

export interface RankedProduct {
  productId: number
  /** The product's rank by units, then value, then name, whatever the list is sorted by (docs/rules.md, 12). */
  rank: number
  sku: string
  name: string
  units: Decimal
  revenue: Decimal
  buyers: number
  /** The part of the group's members who bought it, from 0 to 1; null without members. */
  share: number | null
  /** How many times as large that share is as among all customers; null if it is not known. */
  lift: number | null
}

export interface ProductRank {
  productId: number
  rank: number | null
}

/** The products of a ranking, as SQL. `everyone` is the number of buyers among all customers. */
export function rankingRows(ranked: RankingKey) {
  const { groupId } = ranked
  return isByJob(ranked)
    ? sql`(
        select product_id, units, revenue, ranked.buyers, everyone.buyers as everyone, rank
        from period_product ranked left join everyone_period_product everyone using (days, shop_id, product_id)
        where group_id = ${groupId} and ${areThese(ranked)}
      )`
    : sql`(
        select product_id, units, revenue, ranked.buyers, everyone.buyers as everyone, null::int as rank
        from group_product ranked left join everyone_product everyone using (product_id) where group_id = ${groupId}
      )`
}

/** A group can't have more buyers than everyone. Where it seems to, it was counted later than everyone. */
export const RATIO = sql`coalesce(one.buyers::float8 / nullif(greatest(one.everyone, one.buyers), 0), 0)`

/** Describes products of a ranking, in the given order. Products that have since left the ranking are left out. */
export async function describeProducts(em: Em, ranked: RankingKey, places: ProductRank[]): Promise<RankedProduct[]> {
  const ids = places.map(({ productId }) => productId)
  const ranks = places.map(({ rank }) => rank)
  // A period's ranking has an index of its ranks, but none of its products.
  const isByRank = isByJob(ranked) && places.every(({ rank }) => rank !== null)
  return rows(
    em,
    sql<RankedProduct>`
    select product.id as "productId", coalesce(place.rank, one.rank, ${rankOf(ranked)}) as rank, product.sku, product.name,
      one.units, one.revenue, one.buyers, one.buyers::float8 / nullif(size.members, 0) as share,
      case when one.everyone is not null then ${RATIO} * size.everyone / nullif(size.members, 0) end as lift
    from unnest(${ids}::int[], ${ranks}::int[]) with ordinality as place (product_id, rank, number)
    join ${rankingRows(ranked)} one on ${isByRank ? sql`one.rank = place.rank` : sql`one.product_id = place.product_id`}
    join product on product.id = one.product_id
    cross join (${rankingSizes(ranked)}) size
    order by place.number
  `
  )
}

/** The rank of a product whose rank is not known yet. This is slow, because it counts all products ahead of it. */
function rankOf(ranked: RankingKey) {
  return sql`(
    1 + (
      select count(*) from ${rankingRows(ranked)} better where (better.units, better.revenue) > (one.units, one.revenue)
    ) + (
      select count(*) from ${rankingRows(ranked)} equal join product other on other.id = equal.product_id
      where (equal.units, equal.revenue) = (one.units, one.revenue) and (other.name, other.id) < (product.name, product.id)
    )
  )::int`
}

/** The numbers of members and of all customers whose sales the figures have taken in. */
function rankingSizes(ranked: RankingKey) {
  const { groupId } = ranked
  return isByJob(ranked)
    ? sql`
        select ranking.customers as members, everyone_period.customers as everyone
        from period_ranking ranking left join everyone_period using (days, shop_id)
        where group_id = ${groupId} and ${areThese(ranked)}
      `
    : sql`select customers as members, (${EVERYONE_TAKEN_IN}) as everyone from group_figures where group_id = ${groupId}`
}

/** The number of products that members of a group have ever bought. */
export async function countRankedProducts(em: Em, groupId: number): Promise<number> {
  const [found] = await rows(
    em,
    sql<{ count: number }>`select count(*)::int as count from group_product where group_id = ${groupId}`
  )
  return found?.count ?? 0
}
