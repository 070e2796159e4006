/** What the customer list shows of each customer, and how a page of them is read. */
import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { type Page, paging, toPage } from '../../lib/paging.ts'
import type { RowCount } from '../../lib/range.ts'
import { bestMatchesPaging, findBestMatches } from './best-matches.ts'
import { IDS, type RowOfAll, type ShownColumn } from './column.ts'
import { COLUMNS } from './columns.ts'
import type { CustomerQuery } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { findPage } from './find-page.ts'
import { type RowKey, SORTS } from './sorts.ts'

export type ListedCustomer = { id: number } & RowOfAll<typeof COLUMNS, 'list'>

/** The columns that a page can show. */
type ShownKey = {
  [Key in keyof typeof COLUMNS]: (typeof COLUMNS)[Key] extends { list: object } ? Key : never
}[keyof typeof COLUMNS]

/** The columns that a page shows, in its order, for its views. */
export function shownColumns(...keys: ShownKey[]): ShownColumn[] {
  return keys.map((key) => {
    const column = COLUMNS[key]
    const { label, card = label, isNumeric = false, cell } = column.list
    return { key, label, card, isNumeric, cell, isSorted: 'sort' in column }
  })
}

/** One page of a list's customers in the order that a filter says, and how many customers the list holds. */
export async function listCustomers(
  em: Em,
  query: CustomerQuery,
  filter: CustomerFilter,
  day: RetailersDay
): Promise<{ customers: Page<ListedCustomer>; found: RowCount }> {
  const addColumns = (keys: RawBuilder<RowKey>) => withColumns(keys, day)
  if (filter.isBestFirst) {
    const { rows, found } = await findBestMatches(em, query, filter.values.q ?? '', filter.place, addColumns)
    return { customers: toPage(rows, bestMatchesPaging(filter.place)), found }
  }
  const { table } = SORTS[filter.sort]
  const place = paging(SORTS[filter.sort], filter.direction, IDS[table], filter.place)
  const { rows, found } = await findPage(em, query, filter.sort, place, addColumns)
  return { customers: toPage(rows, place), found }
}

function withColumns(keys: RawBuilder<RowKey>, day: RetailersDay): RawBuilder<ListedCustomer & RowKey> {
  return sql`
    select placed."sortValue", ${columns(day)}
    from (select found.*, row_number() over () as number from (${keys}) found) placed
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
    order by placed.number
  `
}

/** Every list reads them all, so that lists of all pages share their statements. */
function columns(day: RetailersDay) {
  return sql`customer.id, ${sql.join(SELECTED.map((select) => select(day)))}`
}

const SELECTED = Object.values(COLUMNS).flatMap((column) => ('list' in column ? [column.list.select] : []))
