import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { row } from '../../db/rows.ts'
import type { Found, Paging } from '../../lib/paging.ts'
import { COLUMNS, IDS, type SortKey, sortValue } from './columns.ts'
import { areFew, ask, everyMatching, knownSize, matching, type Sought } from './customer-query.ts'
import { type Placed, type Show, walk } from './index-scan.ts'
import { walkGroups } from './index-scan-by-group.ts'

export interface FoundPage<Row> {
  placed: Row[]
  found: Found
}

export const LIMITS = {
  /** More than this are counted only when somebody asks. */
  counted: 10_000,
  /** A walk that goes on for longer may be one past all others, as by name to everybody called Zoe. */
  walked: 10_000,
  /** To read and to sort more takes longer than any walk. */
  sorted: 50_000
}

/**
 * Who is on a page. Few customers are all read and sorted; of many, the index of the sort is walked until the page is
 * full. Which of the two it is, is decided by exact numbers, as statistics are stale after every bulk change.
 */
export async function findPage<Row extends Placed>(
  em: Em,
  sought: Sought,
  sort: SortKey,
  place: Paging,
  show: Show<Row>,
  limits = LIMITS
): Promise<FoundPage<Row>> {
  const size = knownSize(sought)
  if (size === null || areFew(size, sought.everyone)) {
    const { found, placed } = await gather(em, sought, sort, place, show, limits.counted)
    if (placed) return { placed, found: { count: found, isMore: false } }
  }
  const placed = await placeMany(em, sought, sort, place, show, limits)
  return { placed, found: size === null ? { count: limits.counted, isMore: true } : { count: size, isMore: false } }
}

export async function placeMany<Row extends Placed>(
  em: Em,
  sought: Sought,
  sort: SortKey,
  place: Paging,
  show: Show<Row>,
  limits: typeof LIMITS
): Promise<Row[]> {
  if (sort === 'group') return ask(em, sought, show(walkGroups(sought, place)))
  const walked = await walk(em, sought, sort, place, show, limits.walked)
  if (walked) return walked
  const isWorthSorting = (knownSize(sought) ?? 0) <= limits.sorted
  const { placed } = isWorthSorting ? await gather(em, sought, sort, place, show, limits.sorted) : { placed: null }
  return placed ?? (await walk(em, sought, sort, place, show, null)) ?? []
}

/** However many they are. */
export async function countAll(em: Em, sought: Sought): Promise<number> {
  const counted = sql<{ count: number }>`select count(*)::int as count from (${everyMatching(sought)}) matching`
  return (await row(em, counted))?.count ?? 0
}

/** Looked up one by one: the planner would else go through all that lies beyond a page's cursor. */
const JOINED = {
  customer: sql`cross join lateral (select * from customer where id = matching.id offset 0) customer`,
  totals: sql`cross join lateral (select * from customer_totals where customer_id = matching.id offset 0) totals`,
  group: sql`
    cross join lateral (select * from primary_membership where customer_id = matching.id offset 0) primary_membership
    cross join lateral (
      select * from customer_group where id = primary_membership.group_id offset 0
    ) primary_group
  `
}

interface Sizing {
  found: number
}

/** Reads all, and answers how many they are; no page if they are more than so many. */
async function gather<Row extends Placed>(
  em: Em,
  sought: Sought,
  sort: SortKey,
  { where, orderBy, limit }: Paging,
  show: Show<Row>,
  most: number
) {
  const { table } = COLUMNS[sort]
  const page = sql<Placed>`
    select ${IDS[table]} as id, ${sortValue(sort)} as "sortValue" from matching ${JOINED[table]}
    where sized.found <= ${sql.lit(most)} and ${where} order by ${orderBy} limit ${sql.lit(limit)}
  `
  const gathered = await ask(
    em,
    sought,
    sql<Sizing & (Row | { id: null })>`
    with matching as materialized (${matching(sought)} limit ${sql.lit(most + 1)}),
      sized as (select count(*)::int as found from matching)
    select sized.found, page.* from sized left join lateral (${show(page)}) page on true
  `
  )
  const found = gathered[0]?.found ?? 0
  return { found, placed: found <= most ? gathered.filter((one): one is Sizing & Row => one.id !== null) : null }
}
