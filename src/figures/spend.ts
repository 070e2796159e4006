import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { alone } from './alone.ts'
import { weigh } from './queues.ts'

export const SPEND_LOCK = 'figures: spend'

/**
 * Takes in what changed in numbers of customers and in what they spent. Answers how many changes that were, and null if
 * another process is at it.
 *
 * What a customer adds to a group is m × s: whether they are in it, times what they spent. Both change all the time, and
 * what had been taken in before is always known as "now, less what is still waiting". So the difference to take in is
 *
 *   m × s − (m − Δm)(s − Δs)  =  m × Δs  +  Δm × (s − Δs):
 *
 * new money counts in every group they are in now; a join or a leave counts what had been taken in. All of it is one
 * statement, so it sees one moment; it deletes what it has taken in, so that a pass that is killed leaves nothing half
 * done and none counts twice; order does not matter. Nothing is kept per customer, and a group's weight costs nothing.
 */
export async function applySpend(em: Em): Promise<number | null> {
  return alone(em, SPEND_LOCK, takeInSpend)
}

/** As applySpend(), in a transaction that is alone already. */
export async function takeInSpend(em: Em): Promise<number> {
  await weigh(em, 'spend_change')
  const taken = await row(
    em,
    sql<{ count: number }>`
    with taken as (delete from spend_change returning customer_id, left_id, joined_id, spent),
    counted as (delete from count_change returning group_id, delta),
    money as (
      select customer_id, sum(spent) as spent from taken group by customer_id having sum(spent) <> 0
    ), step as (
      ${STEPS}
    ), difference as (
      select membership.group_id, 0 as customers, money.spent from money join membership using (customer_id)
      union all
      select step.group_id, 0, step.way * (coalesce(totals.spent, 0) - coalesce(money.spent, 0))
      from step
      left join customer_totals totals using (customer_id)
      left join money using (customer_id)
      union all
      select group_id, delta, 0 from counted
    ), summed as (
      select group_id, sum(customers) as customers, sum(spent) as spent from difference
      group by group_id having sum(customers) <> 0 or sum(spent) <> 0
    ), written as (
      update group_figures figures
      set customers = figures.customers + summed.customers, spent = figures.spent + summed.spent
      from summed where summed.group_id = figures.group_id
    )
    select (select count(*) from taken)::int + (select count(*) from counted)::int as count
  `
  )
  return taken?.count ?? 0
}

/** Joins (+1) and leaves (−1) of `taken`, those that cancel out left aside. */
export const STEPS = sql`
  select customer_id, group_id, sum(way) as way
  from (
    select customer_id, joined_id as group_id, 1 as way from taken where joined_id is not null
    union all
    select customer_id, left_id, -1 from taken where left_id is not null
  ) either
  group by customer_id, group_id having sum(way) <> 0
`
