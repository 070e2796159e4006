/** How one page of a sorted list is found: few customers are read and sorted, of many the index of the sort is scanned. */
import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { row } from '../../db/rows.ts'
import type { Paging } from '../../lib/paging.ts'
import type { RowCount } from '../../lib/range.ts'
import { IDS } from './column.ts'
import { areFew, type CustomerQuery, knownSize, runListQuery } from './customer-query.ts'
import { idsForPage, matchingIds } from './customer-query-sql.ts'
import { type AddColumns, scanIndex } from './index-scan.ts'
import { scanByGroup } from './index-scan-by-group.ts'
import { type RowKey, SORTS, type SortKey, sortValue } from './sorts.ts'

export interface FoundPage<Row> {
  rows: Row[]
  /** How many customers the list holds on all its pages. */
  found: RowCount
}

export const LIMITS = {
  /** More than this are counted only when somebody asks. */
  counted: 10_000,
  /** A scan that goes on for longer may be one past all others, as by name to everybody called Zoe. */
  scanned: 10_000,
  /** To read and to sort more takes longer than any scan. */
  sorted: 50_000
}

/**
 * Finds the rows of a page. Few customers are all read and sorted; of many, the index of the sort is scanned until the page is
 * full. Exact numbers decide which of the two it is, as the planner's statistics are stale after every bulk change.
 */
export async function findPage<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  sort: SortKey,
  place: Paging,
  addColumns: AddColumns<Row>,
  limits = LIMITS
): Promise<FoundPage<Row>> {
  const size = knownSize(query)
  if (size === null || areFew(size, query.everyone)) {
    const { found, rows } = await sortAll(em, query, sort, place, addColumns, limits.counted)
    if (rows) return { rows, found: { count: found, isMore: false } }
  }
  const rows = await findAmongMany(em, query, sort, place, addColumns, limits)
  return { rows, found: size === null ? { count: limits.counted, isMore: true } : { count: size, isMore: false } }
}

/** By a scan; or, where that would go on for too long, by sorting after all, if there are not too many to sort. */
export async function findAmongMany<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  sort: SortKey,
  place: Paging,
  addColumns: AddColumns<Row>,
  limits: typeof LIMITS
): Promise<Row[]> {
  if (sort === 'group') return runListQuery(em, query, addColumns(scanByGroup(query, place)))
  const scanned = await scanIndex(em, query, sort, place, addColumns, limits.scanned)
  if (scanned) return scanned
  const isWorthSorting = (knownSize(query) ?? 0) <= limits.sorted
  const { rows } = isWorthSorting ? await sortAll(em, query, sort, place, addColumns, limits.sorted) : { rows: null }
  return rows ?? (await scanIndex(em, query, sort, place, addColumns, null)) ?? []
}

/** Counts the customers of a list where their number is not known, however long that takes. */
export async function countCustomers(em: Em, query: CustomerQuery): Promise<number> {
  const known = knownSize(query)
  if (known !== null) return known
  const counted = sql<{ count: number }>`select count(*)::int as count from (${matchingIds(query)}) matching`
  return (await row(em, counted))?.count ?? 0
}

/** Each customer is looked up alone: the planner would else go through all rows that lie beyond a page's cursor. */
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

/** Reads all customers of the list, counts and sorts them; without a page if they are more than `most`. */
async function sortAll<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  sort: SortKey,
  { where, orderBy, limit }: Paging,
  addColumns: AddColumns<Row>,
  most: number
) {
  const { table } = SORTS[sort]
  const keys = sql<RowKey>`
    select ${IDS[table]} as id, ${sortValue(sort)} as "sortValue" from matching ${JOINED[table]}
    where sized.found <= ${sql.lit(most)} and ${where} order by ${orderBy} limit ${sql.lit(limit)}
  `
  const sorted = await runListQuery(
    em,
    query,
    sql<Sizing & (Row | { id: null })>`
    with matching as materialized (${idsForPage(query)} limit ${sql.lit(most + 1)}),
      sized as (select count(*)::int as found from matching)
    select sized.found, page.* from sized left join lateral (${addColumns(keys)}) page on true
  `
  )
  const found = sorted[0]?.found ?? 0
  return { found, rows: found <= most ? sorted.filter((one): one is Sizing & Row => one.id !== null) : null }
}
