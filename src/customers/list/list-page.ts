/** One page of a customer list with all that is shown beside its rows: how many there are, which of them it shows, other searches. */
import type { Em } from '../../db/orm.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { isPastTheEnd, type Page } from '../../lib/paging.ts'
import { type Range, type RowCount, rangeOf } from '../../lib/range.ts'
import { MOST_BEST_MATCHES } from './best-matches.ts'
import type { CustomerQuery } from './customer-query.ts'
import { suggestSearches } from './did-you-mean.ts'
import { CustomerFilter } from './filter.ts'
import { filtered, findNamed, type Named } from './filtered-query.ts'
import { countCustomers } from './find-page.ts'
import { type ListedCustomer, listCustomers } from './listed-customers.ts'

export interface ListPage {
  customers: Page<ListedCustomer>
  range: Range
  /** How many customers the filter means. */
  found: RowCount
  /** The address of the same page with all of them counted; null if they have been. */
  countHref: string | null
  /** Set where a search has found more than are listed: only the best matches are. */
  best: BestMatches | null
  /** Searches that may have been meant, and do find somebody. */
  suggestions: string[]
}

interface BestMatches {
  shown: number
  /** How many the search has found. */
  of: RowCount
}

/**
 * Shown where a filter can't be read as a whole: half of it would show, and have people choose, customers whom they don't mean.
 */
export const EMPTY_PAGE: ListPage = {
  customers: { rows: [], next: null, previous: null, first: null },
  found: { count: 0, isMore: false },
  range: { first: null, length: 0, total: { count: 0, isMore: false } },
  countHref: null,
  best: null,
  suggestions: []
}

/** What a page asks of the list engine. */
export interface ListRequest {
  /** The address that the list is shown at. */
  path: string
  filter: CustomerFilter
  day: RetailersDay
  /** The customers of the list before the filter leaves some of them out. */
  list: CustomerQuery
  /** Other searches are suggested where this one finds nobody. */
  suggests?: boolean
}

/** The page of a list that a filter asks for. That the filter names a group or a shop which does not exist is noted in its errors. */
export async function listPage(em: Em, { path, filter, day, list, suggests }: ListRequest): Promise<ListPage> {
  const named = await findNamed(em, filter)
  if (filter.hasErrors) return EMPTY_PAGE
  const query = filtered(list, filter, named, day)
  const { customers, found } = await listCustomers(em, query, filter, day)
  const isCounted = found.isMore && filter.place.count === 'all'
  const exact: RowCount = isCounted ? { count: await countCustomers(em, query), isMore: false } : found
  const isCut = filter.isBestFirst && (exact.isMore || exact.count > MOST_BEST_MATCHES)
  const listed = isCut ? { count: MOST_BEST_MATCHES, isMore: false } : exact
  const findsNobody = customers.rows.length === 0 && !isPastTheEnd(customers, filter.place)
  return {
    customers,
    found: exact,
    range: rangeOf(customers, listed),
    countHref: exact.isMore ? filter.placeHref(path, { count: 'all' }) : null,
    best: isCut ? { shown: MOST_BEST_MATCHES, of: exact } : null,
    suggestions: suggests && findsNobody ? await suggest(em, list, filter, named, day) : []
  }
}

/** The other conditions of the filter hold for what is suggested as well. */
async function suggest(em: Em, list: CustomerQuery, filter: CustomerFilter, named: Named, day: RetailersDay) {
  const { q } = filter.values
  if (!q) return []
  const others = CustomerFilter.from({ ...filter.params, q: '' })
  return suggestSearches(em, q, filtered(list, others, named, day))
}
