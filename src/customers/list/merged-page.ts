/** One page of several lists in one order, as if they were a single list; nobody is on two of them. */
import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { encodeCursor } from '../../lib/cursor.ts'
import { type Page, paging, toPage } from '../../lib/paging.ts'
import { rangeOf } from '../../lib/range.ts'
import { IDS } from './column.ts'
import type { CustomerQuery } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { filtered, findNamed } from './filtered-query.ts'
import { EMPTY_PAGE, type ListPage } from './list-page.ts'
import { type ListedCustomer, listCustomers } from './listed-customers.ts'
import { type RowKey, SORTS, sortValue } from './sorts.ts'

/** The page that a filter asks for of all these lists; it is sorted by a column, never by relevance. */
export async function mergedListPage(
  em: Em,
  lists: CustomerQuery[],
  filter: CustomerFilter,
  day: RetailersDay
): Promise<ListPage> {
  const named = await findNamed(em, filter)
  if (filter.hasErrors) return EMPTY_PAGE
  const parts = await Promise.all(
    lists.map((list) => listCustomers(em, filtered(list, filter, named, day), filter, day))
  )
  const pages = parts.map(({ customers }) => customers)
  const customers = pages.length === 1 && pages[0] ? pages[0] : await mergePages(em, filter, pages)
  const found = {
    count: parts.reduce((sum, part) => sum + part.found.count, 0),
    isMore: parts.some((part) => part.found.isMore)
  }
  return { ...EMPTY_PAGE, customers, found, range: rangeOf(customers, found) }
}

/** The pages lie at the same place of the same order. */
async function mergePages(
  em: Em,
  filter: CustomerFilter,
  pages: Page<ListedCustomer>[]
): Promise<Page<ListedCustomer>> {
  const { table } = SORTS[filter.sort]
  const place = paging(SORTS[filter.sort], filter.direction, IDS[table], filter.place)
  const known = new Map(pages.flatMap((page) => page.rows).map((one) => [one.id, one]))
  const ordered = await rows(
    em,
    sql<RowKey>`
    select ${IDS[table]} as id, ${sortValue(filter.sort)} as "sortValue"
    from customer
    join customer_totals totals on totals.customer_id = customer.id
    join primary_membership on primary_membership.customer_id = customer.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
    where customer.id = any(${[...known.keys()]}::int[]) order by ${place.orderBy} limit ${sql.lit(place.limit)}
  `
  )
  const page = toPage(
    ordered.flatMap(({ id, sortValue }) => {
      const customer = known.get(id)
      return customer ? [{ ...customer, sortValue }] : []
    }),
    place
  )
  // A full page of one list has lost its extra row, which would have said that the merged list goes on.
  const [first, last] = [page.rows[0], page.rows.at(-1)]
  const at = page.first
  const isFurther = (way: 'next' | 'previous') => pages.some((one) => one[way] !== null)
  const hasNext = !place.isBackwards && isFurther('next')
  const hasPrevious = place.isBackwards && isFurther('previous')
  return {
    rows: page.rows,
    next: page.next ?? (last && hasNext ? encodeCursor(last, at && at + page.rows.length - 1) : null),
    previous: page.previous ?? (first && hasPrevious ? encodeCursor(first, at) : null),
    first: at
  }
}
