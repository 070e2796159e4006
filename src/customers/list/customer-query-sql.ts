/** The SQL of the customer list: which ids a customer query means, and the joins and lookups that all lists are put together from. */
import { type RawBuilder, sql } from 'kysely'
import { IDS } from './column.ts'
import { areFew, type CustomerQuery, isSmallComplement, type MemberSet } from './customer-query.ts'
import { allOf, type Condition } from './filter-conditions.ts'

/** The ids of the customers, as a query that is stopped once it has found enough of them. */
export function idsForPage(query: CustomerQuery): RawBuilder<{ id: number }> {
  if (isSmallComplement(query)) return matchingIds(query)
  const [smallest, ...others] = query.within.toSorted((a, b) => a.size - b.size)
  if (smallest && whenToJoin(smallest, query) === 'first') return idsOfMembers(smallest, others, query)
  return idsByConditions(query, (group) => whenToJoin(group, query) === 'last', notExcluded)
}

/** The ids of the same customers, as a query that reads all of them: the planner is free to choose how. */
export function matchingIds(query: CustomerQuery): RawBuilder<{ id: number }> {
  return idsByConditions(
    query,
    () => false,
    ({ except, without }, id) => {
      const named = isNoneOf(except, id)
      return without ? sql<boolean>`${named} and not exists (${membership(without, id)})` : named
    }
  )
}

type Joined = 'first' | 'last' | 'as the planner likes'

/** The members of a small group are read first. A member of a big one is soon met, so everything else is looked at before. */
function whenToJoin({ size }: MemberSet, { conditions, everyone }: CustomerQuery): Joined {
  if (!conditions.length || areFew(size, everyone)) return 'first'
  return size > everyone / 10 ? 'last' : 'as the planner likes'
}

function idsOfMembers(group: MemberSet, others: MemberSet[], query: CustomerQuery): RawBuilder<{ id: number }> {
  const id = sql<number>`member.customer_id`
  return sql`
    select ${id} as id from ${tableOf(group)} member
    ${lookups(query.conditions, others, id)}
    where ${isRowOf(group, sql`member`)} and ${notExcluded(query, id)}
  `
}

function idsByConditions(query: CustomerQuery, isLast: (group: MemberSet) => boolean, isLeft: typeof notExcluded) {
  const { conditions, within } = query
  const id = tablesOf(conditions) === 'totals' ? IDS.totals : IDS.customer
  const groups = within.map((group, at) => (isLast(group) ? memberLookup(group, at, id) : memberJoin(group, at, id)))
  return sql<{ id: number }>`
    select ${id} as id from ${tablesFor(conditions)} ${inSequence(groups)}
    where ${allOf(conditions)} and ${isLeft(query, id)}
  `
}

/**
 * True for a customer who is not left out. The group without is looked up for one row after the other: were it joined, the
 * planner might read all its members for a page.
 */
export function notExcluded({ except, without }: Pick<CustomerQuery, 'except' | 'without'>, id: RawBuilder<number>) {
  const named = isNoneOf(except, id)
  return without ? sql<boolean>`${named} and (${membership(without, id)} limit 1) is null` : named
}

/** The ids are ours, so they are written out: the planner takes a parameter to hold ten of them, and plans each page anew. */
function isNoneOf(except: number[], id: RawBuilder<number>): RawBuilder<boolean> {
  return except.length ? sql`${id} not in (${sql.join(except.map((one) => sql.lit(one)))})` : sql`true`
}

function membership(group: MemberSet, id: RawBuilder<number>): RawBuilder<boolean> {
  return sql<boolean>`
    select true from ${tableOf(group)} outsider where outsider.customer_id = ${id} and outsider.group_id = ${group.groupId}
  `
}

function tablesOf(conditions: Condition[]): 'customer' | 'totals' | 'both' {
  const isByTotals = conditions.some(({ table }) => table === 'totals')
  if (!isByTotals) return 'customer'
  return conditions.every(({ table }) => table === 'totals') ? 'totals' : 'both'
}

function tablesFor(conditions: Condition[]): RawBuilder<unknown> {
  const tables = tablesOf(conditions)
  if (tables === 'both') return sql`customer join customer_totals totals on totals.customer_id = customer.id`
  return tables === 'totals' ? sql`customer_totals totals` : sql`customer`
}

function tableOf({ isList, tickedIn }: MemberSet): RawBuilder<unknown> {
  if (tickedIn) return sql`selection_tick`
  return isList ? sql`list_membership` : sql`primary_membership`
}

/** True for a row of tableOf() that belongs to this very set. */
function isRowOf({ groupId, tickedIn }: MemberSet, alias: RawBuilder<unknown>): RawBuilder<boolean> {
  return tickedIn
    ? sql<boolean>`${alias}.selection_id = ${tickedIn} and ${alias}.is_ticked`
    : sql<boolean>`${alias}.group_id = ${groupId}`
}

/** The alias is a number and not the group's id, so that the lists of all groups share a statement, and a group can be joined twice. */
function memberJoin(group: MemberSet, at: number, id: RawBuilder<number>): RawBuilder<unknown> {
  const alias = sql.ref(`member_${at}`)
  return sql`join ${tableOf(group)} ${alias} on ${alias}.customer_id = ${id} and ${isRowOf(group, alias)}`
}

function memberLookup(group: MemberSet, at: number, id: RawBuilder<number>): RawBuilder<unknown> {
  const of = sql`membership.customer_id = ${id} and ${isRowOf(group, sql`membership`)}`
  return lookup(`of_group_${at}`, sql`from ${tableOf(group)} membership where ${of}`)
}

/** Looks up for each row whether it is in the groups and meets the conditions. The table of customers is the widest, and comes last. */
export function lookups(conditions: Condition[], within: MemberSet[], id: RawBuilder<number>): RawBuilder<unknown> {
  const [totals, customer] = [conditionsOn('totals', conditions), conditionsOn('customer', conditions)]
  const found = within.map((group, at) => memberLookup(group, at, id))
  if (totals.length)
    found.push(lookup('of_totals', sql`from customer_totals totals where ${IDS.totals} = ${id} and ${allOf(totals)}`))
  if (customer.length)
    found.push(lookup('of_customer', sql`from customer where ${IDS.customer} = ${id} and ${allOf(customer)}`))
  return inSequence(found)
}

/** One look for one row: "offset 0" keeps the planner from turning it into a join, for which it would read a whole table. */
export function lookup(name: string, found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cross join lateral (select ${found} offset 0) ${sql.ref(name)}`
}

export function conditionsOn(table: Condition['table'], conditions: Condition[]): Condition[] {
  return conditions.filter((one) => one.table === table)
}

function inSequence(parts: RawBuilder<unknown>[]): RawBuilder<unknown> {
  return parts.length ? sql.join(parts, sql` `) : sql``
}
