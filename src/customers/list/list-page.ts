import type { Em } from '../../db/orm.ts'
import { countMembers } from '../../figures/queries.ts'
import { findByName } from '../../groups/choices.ts'
import { type Found, type Page, type Range, rangeOf } from '../../lib/paging.ts'
import { MOST_RANKED } from './best-matches.ts'
import type { Within } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import type { Calendar } from './filter-conditions.ts'
import { type Among, countCustomers, type ListedCustomer, listCustomers } from './listed-customers.ts'

/** A page of a list of customers, and what stands below it. */
export interface Listing {
  customers: Page<ListedCustomer>
  range: Range
  /** How many the filter means. */
  found: Found
  /** Where to have them all counted, if that has not been done. */
  countHref: string | null
  /** Only the best of what was searched for are listed. */
  best: Best | null
}

interface Best {
  shown: number
  /** How many there are. */
  of: Found
}

/** Of a filter that can't be read as a whole: half of it would show, and have people choose, others than they mean. */
export const NOT_SHOWN: Listing = {
  customers: { rows: [], next: null, previous: null, first: null },
  found: { count: 0, isMore: false },
  range: { first: null, length: 0, total: { count: 0, isMore: false } },
  countHref: null,
  best: null
}

/** The list at a path: the customers among some whom a filter means, its group included. */
export async function listing(
  em: Em,
  path: string,
  filter: CustomerFilter,
  calendar: Calendar,
  among: Among
): Promise<Listing> {
  const all = { ...among, within: [...among.within, ...(await namedGroups(em, filter))] }
  if (filter.hasErrors) return NOT_SHOWN
  const { customers, found } = await listCustomers(em, filter, calendar, all)
  const isCounted = found.isMore && filter.countsAll
  const exact: Found = isCounted ? { count: await countCustomers(em, filter, calendar, all), isMore: false } : found
  const isCut = filter.isBestFirst && (exact.isMore || exact.count > MOST_RANKED)
  const listed = isCut ? { count: MOST_RANKED, isMore: false } : exact
  return {
    customers,
    found: exact,
    range: rangeOf(customers, listed),
    countHref: exact.isMore ? filter.countHref(path) : null,
    best: isCut ? { shown: MOST_RANKED, of: exact } : null
  }
}

/** The group that a filter names, if it names one. */
export async function namedGroups(em: Em, filter: CustomerFilter): Promise<Within[]> {
  return filter.values.group ? [await groupNamed(em, filter.values.group, filter)] : []
}

const NOBODY: Within = { groupId: 0, isList: false, size: 0 }

async function groupNamed(em: Em, name: string, { errors }: CustomerFilter): Promise<Within> {
  const group = await findByName(em, name)
  if (!group) {
    errors.group = `There is no group called “${name}”.`
    return NOBODY
  }
  return { groupId: group.id, isList: group.kind === 'list', size: await countMembers(em, group.id) }
}
