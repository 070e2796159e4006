import { type RawBuilder, sql } from 'kysely'
import { IDS } from './columns.ts'
import { all, type Condition } from './matching.ts'

/** A group that everyone on a list is in. Its size is exact, unlike what the planner knows after a bulk change. */
export interface Within {
  groupId: number
  isList: boolean
  size: number
}

/** Which customers a list holds. */
export interface Sought {
  conditions: Condition[]
  within: Within[]
  /** Left out, whatever they match. */
  except: number[]
  /** How many customers there are at all. */
  everyone: number
}

/** So many rows of an index are read anyhow until a page is full. */
const PAGE_ROWS = 26

/** Reading all of them is less work than walking an index until enough of them have come by. */
export function areFew(size: number, everyone: number): boolean {
  return size * size < PAGE_ROWS * everyone
}

/** How many a list holds if nothing has to be counted for it. */
export function knownSize({ conditions, within, everyone }: Sought): number | null {
  if (conditions.length || within.length > 1) return null
  return within[0]?.size ?? everyone
}

type Joined = 'first' | 'last' | 'as the planner likes'

/** Members of a small group come first. Of a big one somebody is soon met, so everything else comes first. */
function whenToJoin({ size }: Within, { conditions, everyone }: Sought): Joined {
  if (!conditions.length || areFew(size, everyone)) return 'first'
  return size > everyone / 10 ? 'last' : 'as the planner likes'
}

/** The ids of all customers sought, as a query. */
export function matching(sought: Sought): RawBuilder<{ id: number }> {
  const [smallest, ...others] = sought.within.toSorted((a, b) => a.size - b.size)
  if (smallest && whenToJoin(smallest, sought) === 'first') return membersMatching(smallest, others, sought)
  return conditionsFirst(sought, (group) => whenToJoin(group, sought) === 'last')
}

/** The same customers, for reading all of them: the planner is free to choose. */
export function everyMatching(sought: Sought): RawBuilder<{ id: number }> {
  return conditionsFirst(sought, () => false)
}

function conditionsFirst({ conditions, within, except }: Sought, isLast: (group: Within) => boolean) {
  const id = tablesOf(conditions) === 'totals' ? IDS.totals : IDS.customer
  const groups = within.map((group) => (isLast(group) ? memberProbe(group, id) : join(group, id)))
  return sql<{ id: number }>`
    select ${id} as id from ${source(conditions)} ${list(groups)}
    where ${all(conditions)} and ${id} <> all(${except}::int[])
  `
}

function membersMatching(group: Within, others: Within[], { conditions, except }: Sought): RawBuilder<{ id: number }> {
  const id = sql<number>`member.customer_id`
  return sql`
    select ${id} as id from ${tableOf(group)} member
    ${probes(conditions, others, id)}
    where member.group_id = ${group.groupId} and ${id} <> all(${except}::int[])
  `
}

function tablesOf(conditions: Condition[]): 'customer' | 'totals' | 'both' {
  const isByTotals = conditions.some(({ table }) => table === 'totals')
  if (!isByTotals) return 'customer'
  return conditions.every(({ table }) => table === 'totals') ? 'totals' : 'both'
}

function source(conditions: Condition[]): RawBuilder<unknown> {
  const tables = tablesOf(conditions)
  if (tables === 'both') return sql`customer join customer_totals totals on totals.customer_id = customer.id`
  return tables === 'totals' ? sql`customer_totals totals` : sql`customer`
}

function tableOf({ isList }: Within): RawBuilder<unknown> {
  return isList ? sql`list_membership` : sql`primary_membership`
}

function join(group: Within, id: RawBuilder<number>): RawBuilder<unknown> {
  const alias = sql.ref(`member_${group.groupId}`)
  return sql`join ${tableOf(group)} ${alias} on ${alias}.customer_id = ${id} and ${alias}.group_id = ${group.groupId}`
}

/** Looked up for one row after the other, the last where most is read: "offset 0" keeps the planner from joining them. */
export function probes(conditions: Condition[], within: Within[], id: RawBuilder<number>): RawBuilder<unknown> {
  const [totals, customer] = [on('totals', conditions), on('customer', conditions)]
  const found = within.map((group) => memberProbe(group, id))
  if (totals.length)
    found.push(probe('of_totals', sql`from customer_totals totals where ${IDS.totals} = ${id} and ${all(totals)}`))
  if (customer.length)
    found.push(probe('of_customer', sql`from customer where ${IDS.customer} = ${id} and ${all(customer)}`))
  return list(found)
}

function list(parts: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return parts.length ? sql.join(parts, sql` `) : sql``
}

export function on(table: Condition['table'], conditions: Condition[]): Condition[] {
  return conditions.filter((one) => one.table === table)
}

function memberProbe(group: Within, id: RawBuilder<number>): RawBuilder<unknown> {
  const of = sql`membership.customer_id = ${id} and membership.group_id = ${group.groupId}`
  return probe(`of_group_${group.groupId}`, sql`from ${tableOf(group)} membership where ${of}`)
}

export function probe(name: string, found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cross join lateral (select ${found} offset 0) ${sql.ref(name)}`
}
