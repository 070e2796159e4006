import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { alone } from './alone.ts'
import { refreshStatistics } from './queues.ts'

export const SPEND_LOCK = 'figures: spend'

/**
 * Takes changes of group sizes and of customers' spend into the figures of groups. Returns the number of changes, or
 * null if another process is doing it.
 *
 * What a customer adds to a group is m × s: m is 1 if they are a member, otherwise 0, and s is what they have spent.
 * Both change all the time, but what was taken in before is always known: it is today's value less the changes that
 * still wait (Δm, Δs). So the difference to take in is
 *
 *   m × s − (m − Δm)(s − Δs)  =  m × Δs  +  Δm × (s − Δs):
 *
 * new money counts in every group that the customer is in now, and a join or a leave moves what had been taken in. It
 * is all one statement, so it sees a single moment. It deletes the changes it takes in, so a pass that is killed leaves
 * nothing half done, no change counts twice, and their order does not matter. Nothing is stored per customer, and the
 * size of a group costs nothing.
 */
export async function applySpend(em: Em): Promise<number | null> {
  return alone(em, SPEND_LOCK, takeInSpend)
}

/** Does the work of applySpend() in a transaction that already holds its lock. */
export async function takeInSpend(em: Em): Promise<number> {
  await refreshStatistics(em, 'spend_change')
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

/** The joins (+1) and leaves (−1) in `taken`, without those that cancel out. */
export const STEPS = sql`
  select customer_id, group_id, sum(way) as way
  from (
    select customer_id, joined_id as group_id, 1 as way from taken where joined_id is not null
    union all
    select customer_id, left_id, -1 from taken where left_id is not null
  ) either
  group by customer_id, group_id having sum(way) <> 0
`
