import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { WALK_IN_GROUP } from '../groups/group.ts'
import type { Decimal } from '../web/format.ts'
import { PAGE_SIZE } from '../web/paging.ts'

/**
 * The figures of groups, counted live from memberships, totals and sale lines: in one place, so that figures kept by
 * difference can replace them. Walk-in has none but its number of customers (design.md, rule 3).
 */
export const FIGURES = sql`(
  select grouped.id as group_id, coalesce(spend.customers, 0) as customers, spend.average, top.name as top_product, top.units as top_units
  from customer_group grouped
  left join (
    select membership.group_id, count(*)::int as customers,
      case when membership.group_id <> ${WALK_IN_GROUP} then avg(totals.spent) end as average
    from membership join customer_totals totals using (customer_id)
    group by membership.group_id
  ) spend on spend.group_id = grouped.id
  left join (
    select distinct on (sold.group_id) sold.group_id, product.name, sold.units
    from (
      select membership.group_id, line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue
      from membership join sale_line line using (customer_id)
      where membership.group_id <> ${WALK_IN_GROUP}
      group by membership.group_id, line.product_id having sum(line.quantity) > 0
    ) sold join product on product.id = sold.product_id
    order by sold.group_id, sold.units desc, sold.revenue desc, product.name, product.id
  ) top on top.group_id = grouped.id
)`

export interface GroupFigures {
  customers: number
  /** Completed sales net of returns over all members, who never bought counting as 0; null without members. */
  average: Decimal | null
  spent: Decimal | null
  /** Of what all customers but the walk-in spent, 0 to 1. */
  share: number | null
  topProduct: string | null
  topUnits: Decimal | null
}

export async function findFigures(em: Em, groupId: number): Promise<GroupFigures> {
  const found = await row(
    em,
    sql<GroupFigures>`
    select figures.customers, figures.average, figures.average * figures.customers as spent,
      (figures.average * figures.customers / nullif((select sum(spent) from customer_totals where customer_id <> 1), 0))::float8 as share,
      figures.top_product as "topProduct", figures.top_units as "topUnits"
    from ${FIGURES} figures where figures.group_id = ${groupId}
  `
  )
  return found ?? { customers: 0, average: null, spent: null, share: null, topProduct: null, topUnits: null }
}

export interface RankedProduct {
  rank: number
  sku: string
  name: string
  units: Decimal
  revenue: Decimal
  buyers: number
  /** Of the group's members, 0 to 1. */
  share: number
}

export interface Ranking {
  products: RankedProduct[]
  /** How many products the group's members bought at all. */
  total: number
}

/** What a group's members bought, by units, ties by value, then name; the page that begins after a rank. */
export async function rankProducts(em: Em, groupId: number, afterRank: number): Promise<Ranking> {
  const found = await rows(
    em,
    sql<RankedProduct & { total: number }>`
    with members as (select customer_id from membership where group_id = ${groupId} and group_id <> ${WALK_IN_GROUP}),
    sold as (
      select line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
        count(distinct line.customer_id) filter (where line.quantity > 0)::int as buyers
      from members join sale_line line using (customer_id) group by line.product_id
    ), ranked as (
      select row_number() over (order by sold.units desc, sold.revenue desc, product.name, product.id)::int as rank,
        product.sku, product.name, sold.units, sold.revenue, sold.buyers, count(*) over ()::int as total
      from sold join product on product.id = sold.product_id
    )
    select ranked.*, ranked.buyers::float8 / (select count(*) from members) as share
    from ranked where rank > ${afterRank} order by rank limit ${PAGE_SIZE}
  `
  )
  return { products: found, total: found[0]?.total ?? 0 }
}
