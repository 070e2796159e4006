import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'

/**
 * The stored figures of groups. The number of customers is exact at once. Spend and products are as of the last pass,
 * so the average divides by the customers whom that pass counted. Walk-in has only a number of customers
 * (docs/rules.md, 3).
 */
export const FIGURES = sql`(
  select figures.group_id, (figures.customers + coalesce(change.delta, 0))::int as customers,
    case when figures.group_id <> ${WALK_IN_GROUP} then figures.spent / nullif(figures.customers, 0) end as average,
    case when figures.group_id <> ${WALK_IN_GROUP} and figures.customers <> 0 then figures.spent end as spent,
    product.name as top_product, top.units as top_units
  from group_figures figures
  left join (select group_id, sum(delta) as delta from count_change group by group_id) change using (group_id)
  left join group_top_product top using (group_id)
  left join product on product.id = top.product_id
)`

export interface Count {
  count: number
}

/** The exact number of customers in a group. */
export function membersOf(groupId: number | RawBuilder<number>): RawBuilder<Count> {
  const id = typeof groupId === 'number' ? sql<number>`${groupId}::int` : groupId
  return sql`select ${sizeOf(id)} as count from group_figures where group_figures.group_id = ${id}`
}

export async function countMembers(em: Em, groupId: number): Promise<number> {
  return (await row(em, prepared(membersOf(groupId))))?.count ?? 0
}

/** The number of all customers but the walk-in, each of whom is in exactly one primary group. */
export const EVERYONE = sql<Count>`
  select coalesce(sum(figures.customers), 0)::int + coalesce((
    select sum(delta) from count_change join customer_group on customer_group.id = group_id
    where kind = 'primary' and group_id <> ${WALK_IN_GROUP}
  ), 0)::int as count
  from group_figures figures join customer_group on customer_group.id = figures.group_id
  where kind = 'primary' and figures.group_id <> ${WALK_IN_GROUP}
`

/** The number of customers whom the figures of groups have taken in. */
export const EVERYONE_TAKEN_IN = sql<number>`
  select coalesce(sum(figures.customers), 0)::int
  from group_figures figures join customer_group on customer_group.id = figures.group_id
  where kind = 'primary' and figures.group_id <> ${WALK_IN_GROUP}
`

export async function countEveryone(em: Em): Promise<number> {
  return (await row(em, prepared(EVERYONE)))?.count ?? 0
}

export interface GroupFigures {
  customers: number
  /**
   * The average of completed sales net of returns over all members, where a member who never bought counts as 0; null
   * without members.
   */
  average: Decimal | null
  spent: Decimal | null
  /** The group's part of what all customers but the walk-in spent, from 0 to 1. */
  share: number | null
  topProduct: string | null
  topUnits: Decimal | null
}

export const NO_FIGURES: GroupFigures = {
  customers: 0,
  average: null,
  spent: null,
  share: null,
  topProduct: null,
  topUnits: null
}

export function figuresOf(groupId: number): RawBuilder<GroupFigures> {
  return sql`
    select figures.customers, figures.average::text, figures.spent::text,
      (figures.spent / nullif(${SPENT_BY_EVERYONE}, 0))::float8 as share,
      figures.top_product as "topProduct", figures.top_units::text as "topUnits"
    from ${FIGURES} figures where figures.group_id = ${groupId}
  `
}

export async function findFigures(em: Em, groupId: number): Promise<GroupFigures> {
  return (await row(em, prepared(figuresOf(groupId)))) ?? NO_FIGURES
}

const SPENT_BY_EVERYONE = sql`(
  select sum(spent) from group_figures join customer_group on customer_group.id = group_id where kind = 'primary'
)`

const MANY = 1000
const first = (queue: RawBuilder<unknown>) => sql`(select * from ${queue} limit ${MANY})`

/** The moment since which changes have been waiting for a group's spend or products; null if none are. */
export interface Lag {
  spend: string | null
  products: string | null
}

/**
 * Only the first changes in a queue are looked at. If there are very many, one of them is assumed to concern the group.
 */
export function lagOf(groupId: number): RawBuilder<Lag> {
  return sql`
    select (${waitingSince(sql`spend_change`, groupId)}) as spend, (${waitingSince(sql`product_change`, groupId)}) as products
  `
}

export async function findLag(em: Em, groupId: number): Promise<Lag> {
  return (await row(em, prepared(lagOf(groupId)))) ?? { spend: null, products: null }
}

/** The moment since which changes have been waiting for any group; null if none are. */
export const WAITING_SINCE = sql<string | null>`
  select min(at) from (select at from ${first(sql`spend_change`)} money union all select at from ${first(sql`product_change`)} goods) waiting
`

const waitingSince = (queue: RawBuilder<unknown>, groupId: number) => sql`
  with waiting as materialized ${first(queue)}
  select min(at) from waiting
  where (select count(*) from waiting) = ${MANY} or ${groupId} in (left_id, joined_id)
    or coalesce(left_id, joined_id) is null and exists (
      select from membership where membership.customer_id = waiting.customer_id and membership.group_id = ${groupId})
`

function sizeOf(groupId: RawBuilder<unknown>) {
  return sql`(customers + coalesce((select sum(delta) from count_change where count_change.group_id = ${groupId}), 0))::int`
}
