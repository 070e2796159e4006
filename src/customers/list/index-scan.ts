/** How a page of many customers is found: by walking the index of the column that the list is sorted by, until the page is full. */
import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import type { Paging, Slice } from '../../lib/paging.ts'
import { IDS } from './column.ts'
import { type CustomerQuery, runListQuery } from './customer-query.ts'
import { conditionsOn, lookup, lookups, notExcluded } from './customer-query-sql.ts'
import { allOf, type Condition } from './filter-conditions.ts'
import { type RowKey, SORTS, type SortKey, sortValue } from './sorts.ts'

/**
 * Adds to the keys of a page's rows, in their order, the columns that are shown: a query around the one that finds the keys,
 * so that both are one statement.
 */
export type AddColumns<Row extends RowKey> = (keys: RawBuilder<RowKey>) => RawBuilder<Row>

/** The sorts with an index of their own. Groups are in another table than their members (index-scan-by-group.ts). */
type IndexedSort = Exclude<SortKey, 'group'>

/** Part of a slice of an index: as much as the conditions on the sort's own column leave of it. */
interface IndexRange extends Pick<Slice, 'orderBy'> {
  sort: IndexedSort
  where: RawBuilder<boolean>
}

/**
 * Goes through the index of a sort and looks at each customer in turn, until the page is full. Null if it is not full after
 * `most` of them; with null for `most` it goes on to the end. Customers with a value and those without lie in two places of the
 * index, and the first place alone mostly fills the page.
 */
export async function scanIndex<Row extends RowKey>(
  em: Em,
  query: CustomerQuery,
  sort: IndexedSort,
  { slices, limit }: Paging,
  addColumns: AddColumns<Row>,
  most: number | null
): Promise<Row[] | null> {
  const page: Row[] = []
  for (const slice of slices) {
    const range = rangeOf(slice, sort, query.conditions)
    if (!range) continue
    const found = await runListQuery(em, query, addColumns(scanOf(query, range, most, limit)))
    page.push(...found.slice(0, limit - page.length))
    if (page.length === limit) return page
    if (most !== null && (await isLonger(em, query, range, most))) return null
  }
  return page
}

/** Null if the conditions on the sort's column rule out every row of the slice. */
function rangeOf(slice: Slice, sort: IndexedSort, conditions: Condition[]): IndexRange | null {
  const { hasValues, where, orderBy } = slice
  const bounds = conditions.filter(({ key }) => key === sort)
  if (hasValues) return { sort, orderBy, where: sql.join([where, ...bounds.map((one) => one.where)], sql` and `) }
  return bounds.every((one) => one.keepsMissing) ? { sort, orderBy, where } : null
}

const SCANNED = {
  customer: { name: sql`customer`, from: sql`customer` },
  totals: { name: sql`totals`, from: sql`customer_totals totals` }
}

function scanOf(query: CustomerQuery, range: IndexRange, most: number | null, limit: number): RawBuilder<RowKey> {
  const { conditions, within } = query
  const { table } = SORTS[range.sort]
  const id = IDS[table]
  const asked = conditions.filter(({ key }) => key !== range.sort)
  const elsewhere = asked.filter((one) => one.table !== table)
  const { name, from } = SCANNED[table]
  return sql`
    select ${id} as id, ${sortValue(range.sort)} as "sortValue"
    from ${most === null ? from : sql`(select * ${rowsOf(range)} limit ${sql.lit(most)}) ${name}`}
    ${ownConditions(conditionsOn(table, asked))} ${lookups(elsewhere, within, id)}
    where ${range.where} and ${notExcluded(query, id)}
    order by ${range.orderBy} limit ${sql.lit(limit)}
  `
}

function rowsOf({ sort, where, orderBy }: IndexRange): RawBuilder<unknown> {
  return sql`from ${SCANNED[SORTS[sort].table].from} where ${where} order by ${orderBy}`
}

/** Conditions on the very row that is scanned are looked up as well: in WHERE they would lead the planner to another index. */
function ownConditions(conditions: Condition[]): RawBuilder<unknown> {
  return conditions.length ? lookup('own', sql`where ${allOf(conditions)}`) : sql``
}

async function isLonger(em: Em, query: CustomerQuery, range: IndexRange, most: number): Promise<boolean> {
  return (await runListQuery(em, query, sql`select ${rowsOf(range)} offset ${sql.lit(most)} limit 1`)).length > 0
}
