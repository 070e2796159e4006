import { sql } from 'kysely'
import { COLUMNS, IDS, sortValue } from '../customers/list/columns.ts'
import type { Within } from '../customers/list/customer-query.ts'
import type { CustomerFilter } from '../customers/list/filter.ts'
import type { Calendar, Condition } from '../customers/list/filter-conditions.ts'
import type { Placed } from '../customers/list/index-scan.ts'
import { type Listing, NOT_SHOWN, namedGroups } from '../customers/list/list-page.ts'
import { type Among, type ListedCustomer, listCustomers } from '../customers/list/listed-customers.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { countMembers } from '../figures/queries.ts'
import type { Group } from '../groups/group.ts'
import { encodeCursor } from '../lib/cursor.ts'
import { type Page, paging, rangeOf, toPage } from '../lib/paging.ts'
import { amongFrozen, type Tally } from './selected.ts'
import type { Frozen, Selection } from './selection.ts'

interface Shown {
  selection: Selection
  tally: Tally
  group: Pick<Group, 'id' | 'isList'>
  /** How many customers there are at all. */
  everyone: number
}

/** Whoever is selected, as far as a filter means them too; a page at a time, as the list they were selected from. */
export async function listSelected(em: Em, filter: CustomerFilter, calendar: Calendar, shown: Shown): Promise<Listing> {
  const [parts, named] = await Promise.all([partsOf(em, shown), namedGroups(em, filter)])
  if (filter.hasErrors) return NOT_SHOWN
  const lists = await Promise.all(
    parts.map((part) => listCustomers(em, filter, calendar, { ...part, within: [...part.within, ...named] }))
  )
  const pages = lists.map(({ customers }) => customers)
  const customers = pages.length === 1 && pages[0] ? pages[0] : await merged(em, filter, pages)
  const count = lists.reduce((sum, { found }) => sum + found.count, 0)
  const isMore = lists.some(({ found }) => found.isMore)
  const found = filter.isActive ? { count, isMore } : { count: shown.tally.selected, isMore: false }
  return { customers, found, range: rangeOf(customers, found), countHref: null, best: null }
}

/** Those who match All Pages and were left alone since, and those who are ticked: nobody is in both. */
async function partsOf(em: Em, { selection, tally, group, everyone }: Shown): Promise<Among[]> {
  const { id, filter } = selection
  const except = [WALK_IN_CUSTOMER]
  const ticked = { groupId: 0, isList: true, size: tally.plus, tickedIn: id }
  const byHand: Among = { within: [ticked], except, everyone }
  if (!filter) return [byHand]
  const frozen = await frozenPart(em, selection, filter, group, everyone)
  return selection.hasTicks ? [frozen, byHand] : [frozen]
}

async function frozenPart(
  em: Em,
  { id, purpose, highestId, hasTicks }: Selection,
  filter: Frozen,
  group: Shown['group'],
  everyone: number
): Promise<Among> {
  const { within, without, also, except } = amongFrozen(purpose, filter, group)
  const sized = async (one: Within) => ({ ...one, size: await countMembers(em, one.groupId) })
  const on = (where: Condition['where']): Condition => ({ table: 'customer', where })
  // Looked up for one row after the other, as who is left out of a list is.
  const isUntouched = on(sql<boolean>`(
    select true from selection_tick tick where tick.selection_id = ${id} and tick.customer_id = customer.id limit 1
  ) is null`)
  return {
    within: await Promise.all(within.map(sized)),
    ...(without && { without: await sized(without) }),
    also: [...also, on(sql<boolean>`customer.id <= ${highestId}::int`), ...(hasTicks ? [isUntouched] : [])],
    except,
    everyone
  }
}

/** One page of several that lie at the same place of the same order. */
async function merged(em: Em, filter: CustomerFilter, pages: Page<ListedCustomer>[]): Promise<Page<ListedCustomer>> {
  const { table } = COLUMNS[filter.sort]
  const place = paging(COLUMNS[filter.sort], filter.direction, IDS[table], filter.place)
  const known = new Map(pages.flatMap((page) => page.rows).map((one) => [one.id, one]))
  const ordered = await rows(
    em,
    sql<Placed>`
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
  // Of a full page its own extra row was cut off.
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
