import { type RawBuilder, sql } from 'kysely'
import { rowsByIndex } from '../../db/by-index.ts'
import type { Em } from '../../db/orm.ts'
import { PREPARED } from '../../db/prepared.ts'
import { IDS } from './columns.ts'
import { all, type Condition } from './filter-conditions.ts'

/** A group that everyone on a list is in. Its size is exact, unlike what the planner knows after a bulk change. */
export interface Within {
  groupId: number
  isList: boolean
  size: number
  /** Not a group, but whoever is ticked in this selection. */
  tickedIn?: string
}

/** Which customers a list holds. */
export interface Sought {
  conditions: Condition[]
  within: Within[]
  /** Left out, whatever they match. */
  except: number[]
  /** Left out are also the members of this group. */
  without?: Within
  /** How many customers there are at all. */
  everyone: number
}

/**
 * Asks for a page, or what decides how it is found. The best plan depends on what the conditions ask for, and on a group that
 * almost everyone is in; else on nothing.
 */
export async function ask<Row>(em: Em, sought: Sought, query: RawBuilder<Row>): Promise<Row[]> {
  const isAlike = !sought.conditions.length && !isRest(sought)
  return rowsByIndex(em, isAlike ? sql<Row>`${PREPARED} ${query}` : query)
}

/** So many rows of an index are read anyhow until a page is full. */
const PAGE_ROWS = 26

/** Reading all of them is less work than walking an index until enough of them have come by. */
export function areFew(size: number, everyone: number): boolean {
  return size * size < PAGE_ROWS * everyone
}

/** How many a list holds if nothing has to be counted for it. */
export function knownSize({ conditions, within, without, everyone }: Sought): number | null {
  if (conditions.length || within.length > 1) return null
  if (without) return within.length ? null : everyone - without.size
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
  if (isRest(sought)) return everyMatching(sought)
  const [smallest, ...others] = sought.within.toSorted((a, b) => a.size - b.size)
  if (smallest && whenToJoin(smallest, sought) === 'first') return membersMatching(smallest, others, sought)
  return conditionsFirst(sought, (group) => whenToJoin(group, sought) === 'last', left)
}

/** Almost everyone is left out: reading all of a group once finds the few others sooner. */
function isRest({ conditions, without, everyone }: Sought): boolean {
  return without !== undefined && !conditions.length && areFew(everyone - without.size, everyone)
}

/** The same customers, for reading all of them: the planner is free to choose. */
export function everyMatching(sought: Sought): RawBuilder<{ id: number }> {
  return conditionsFirst(
    sought,
    () => false,
    ({ except, without }, id) => {
      const named = isNone(except, id)
      return without ? sql<boolean>`${named} and not exists (${membership(without, id)})` : named
    }
  )
}

function conditionsFirst(sought: Sought, isLast: (group: Within) => boolean, isLeft: typeof left) {
  const { conditions, within } = sought
  const id = tablesOf(conditions) === 'totals' ? IDS.totals : IDS.customer
  const groups = within.map((group, at) => (isLast(group) ? memberProbe(group, at, id) : join(group, at, id)))
  return sql<{ id: number }>`
    select ${id} as id from ${source(conditions)} ${list(groups)}
    where ${all(conditions)} and ${isLeft(sought, id)}
  `
}

/**
 * Whether somebody is not left out. Looked up for one row after the other: as a join, the planner might read all members
 * for a page.
 */
export function left({ except, without }: Pick<Sought, 'except' | 'without'>, id: RawBuilder<number>) {
  const named = isNone(except, id)
  return without ? sql<boolean>`${named} and (${membership(without, id)} limit 1) is null` : named
}

/** Written out, as they are ours: of a parameter the planner would think that it holds ten, and plan each page anew. */
function isNone(except: number[], id: RawBuilder<number>): RawBuilder<boolean> {
  return except.length ? sql`${id} not in (${sql.join(except.map((one) => sql.lit(one)))})` : sql`true`
}

function membership(group: Within, id: RawBuilder<number>): RawBuilder<boolean> {
  return sql<boolean>`
    select true from ${tableOf(group)} outsider where outsider.customer_id = ${id} and outsider.group_id = ${group.groupId}
  `
}

function membersMatching(group: Within, others: Within[], sought: Sought): RawBuilder<{ id: number }> {
  const id = sql<number>`member.customer_id`
  return sql`
    select ${id} as id from ${tableOf(group)} member
    ${probes(sought.conditions, others, id)}
    where ${isOf(group, sql`member`)} and ${left(sought, id)}
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

function tableOf({ isList, tickedIn }: Within): RawBuilder<unknown> {
  if (tickedIn) return sql`selection_tick`
  return isList ? sql`list_membership` : sql`primary_membership`
}

/** That a row of tableOf() is one of the group's. */
function isOf({ groupId, tickedIn }: Within, alias: RawBuilder<unknown>): RawBuilder<boolean> {
  return tickedIn
    ? sql<boolean>`${alias}.selection_id = ${tickedIn} and ${alias}.is_ticked`
    : sql<boolean>`${alias}.group_id = ${groupId}`
}

/** Named by its place, so that lists of all groups ask the same; and somebody may filter a group by itself. */
function join(group: Within, at: number, id: RawBuilder<number>): RawBuilder<unknown> {
  const alias = sql.ref(`member_${at}`)
  return sql`join ${tableOf(group)} ${alias} on ${alias}.customer_id = ${id} and ${isOf(group, alias)}`
}

/** Looked up for one row after the other, the last where most is read: "offset 0" keeps the planner from joining them. */
export function probes(conditions: Condition[], within: Within[], id: RawBuilder<number>): RawBuilder<unknown> {
  const [totals, customer] = [on('totals', conditions), on('customer', conditions)]
  const found = within.map((group, at) => memberProbe(group, at, id))
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

function memberProbe(group: Within, at: number, id: RawBuilder<number>): RawBuilder<unknown> {
  const of = sql`membership.customer_id = ${id} and ${isOf(group, sql`membership`)}`
  return probe(`of_group_${at}`, sql`from ${tableOf(group)} membership where ${of}`)
}

export function probe(name: string, found: RawBuilder<unknown>): RawBuilder<unknown> {
  return sql`cross join lateral (select ${found} offset 0) ${sql.ref(name)}`
}
