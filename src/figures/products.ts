import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { alone } from './alone.ts'
import { refreshStatistics } from './queues.ts'
import { STEPS } from './spend.ts'

export const PRODUCTS_LOCK = 'figures: products'

/** The number of customers whose changes one pass takes in: some seconds of work. */
const AT_ONCE = 100_000

/**
 * Takes changes of who bought which products into the figures of groups. applySpend() does the same for what customers
 * spent, and explains why it is right. Returns the number of changes, 0 if none are left, or null if another process is
 * doing it.
 */
export async function applyProducts(em: Em, atOnce = AT_ONCE): Promise<number | null> {
  return alone(em, PRODUCTS_LOCK, (inner) => takeInProducts(inner, atOnce))
}

/** Does the work of applyProducts() in a transaction that already holds its lock. */
export async function takeInProducts(em: Em, atOnce = AT_ONCE): Promise<number> {
  await refreshStatistics(em, 'product_change')
  const done = await row(em, differences(atOnce))
  if (done?.groups.length) await rows(em, topProducts(done.groups))
  return done?.count ?? 0
}

/**
 * A customer either has bought a product or has not, however often: a sale adds a buyer only if no earlier sale among
 * those taken in had the product. What a deleted customer bought stays in erased_line until this statement has seen it.
 * Nobody joins or leaves "all customers" except by being created or erased, so everyone's buyers change only by first
 * purchases and erasures.
 */
const differences = (atOnce: number) => sql<{ count: number; groups: number[] }>`
  with taken as (
    delete from product_change
    where customer_id in (select customer_id from product_change limit ${atOnce})
    returning customer_id, left_id, joined_id, sale_id
  ), unseen as materialized (
    select sale_id from taken where sale_id is not null
  ), step as (
    ${STEPS}
  ), fresh as (
    select line.customer_id, line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
      (bool_or(line.quantity > 0) and not exists (
        select from sale_line earlier
        where earlier.customer_id = line.customer_id and earlier.product_id = line.product_id
          and earlier.quantity > 0 and earlier.sale_id not in (select sale_id from unseen)
      ))::int as buyers
    from unseen join sale_line line using (sale_id)
    where line.customer_id is not null
    group by line.customer_id, line.product_id
  ), known as (
    select line.customer_id, line.product_id, sum(line.quantity) as units, sum(line.amount) as revenue,
      bool_or(line.quantity > 0)::int as buyers
    from (select distinct customer_id from step) mover
    join (
      select customer_id, product_id, sale_id, quantity, amount from sale_line
      union all
      select customer_id, product_id, sale_id, quantity, amount from erased_line
    ) line using (customer_id)
    where line.sale_id not in (select sale_id from unseen)
    group by line.customer_id, line.product_id
  ), difference as (
    select membership.group_id, fresh.product_id, fresh.units, fresh.revenue, fresh.buyers
    from fresh join membership using (customer_id)
    union all
    select step.group_id, known.product_id, step.way * known.units, step.way * known.revenue, step.way * known.buyers
    from step join known using (customer_id)
  ), summed as (
    select group_id, product_id, sum(units) as units, sum(revenue) as revenue, sum(buyers)::int as buyers
    from difference join customer_group on customer_group.id = group_id
    group by group_id, product_id having sum(units) <> 0 or sum(revenue) <> 0 or sum(buyers) <> 0
  ), written as (
    insert into group_product as ranked (group_id, product_id, units, revenue, buyers)
    select group_id, product_id, units, revenue, buyers from summed order by group_id, product_id
    on conflict (group_id, product_id) do update
    set units = ranked.units + excluded.units, revenue = ranked.revenue + excluded.revenue,
      buyers = ranked.buyers + excluded.buyers
  ), everyone as (
    select product_id, buyers from fresh where buyers <> 0
    union all
    select product_id, -1 from erased_line
    where customer_id in (select customer_id from taken) and sale_id not in (select sale_id from unseen)
    group by customer_id, product_id having bool_or(quantity > 0)
  ), counted as (
    insert into everyone_product as kept (product_id, buyers)
    select product_id, sum(buyers)::int from everyone group by product_id having sum(buyers) <> 0 order by product_id
    on conflict (product_id) do update set buyers = kept.buyers + excluded.buyers
  ), forgotten as (
    delete from erased_line where customer_id in (select customer_id from taken)
  )
  select (select count(*) from taken)::int as count,
    array(select distinct group_id from summed) as groups
`

/**
 * The group's product with the most units. The index finds how many units that are; among products that tie, the name
 * decides.
 */
export function topOf(groupId: RawBuilder<number>) {
  return sql`
    select ranked.product_id, ranked.units
    from (
      select units, revenue from group_product where group_id = ${groupId} order by units desc, revenue desc limit 1
    ) most
    join group_product ranked
      on ranked.group_id = ${groupId} and ranked.units = most.units and ranked.revenue = most.revenue
    join product on product.id = ranked.product_id
    where ranked.units > 0
    order by product.name, product.id limit 1
  `
}

/**
 * Deletes the products that no member of these groups has bought any more, and sets each group's top product: the one
 * with the most units; ties go by value, then by name (docs/rules.md, 12).
 */
const topProducts = (groupIds: number[]) => sql`
  with gone as (
    delete from group_product
    where group_id = any(${groupIds}::int[]) and units = 0 and revenue = 0 and buyers = 0
  ), top as (
    select changed.group_id, best.product_id, best.units
    from unnest(${groupIds}::int[]) changed(group_id)
    left join lateral (${topOf(sql`changed.group_id`)}) best on true
  ), none as (
    delete from group_top_product top_product using top
    where top.group_id = top_product.group_id and top.product_id is null
  )
  insert into group_top_product (group_id, product_id, units)
  select group_id, product_id, units from top where product_id is not null order by group_id
  on conflict (group_id) do update set product_id = excluded.product_id, units = excluded.units
  where (group_top_product.product_id, group_top_product.units) is distinct from (excluded.product_id, excluded.units)
`
