import { sql } from 'kysely'
import type { Condition, CustomerFilter, CustomerQuery, ListPage, MemberSet } from '../customers/list/index.ts'
import { mergedListPage } from '../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import type { RetailersDay } from '../figures/calendar.ts'
import { countMembers } from '../figures/queries.ts'
import type { Group } from '../groups/group.ts'
import { rangeOf } from '../lib/range.ts'
import { queryOf, type Tally } from './selected-customers.ts'
import type { FrozenFilter, Selection } from './selection.ts'

interface SelectionView {
  selection: Selection
  tally: Tally
  group: Pick<Group, 'id' | 'isList'>
  /** The number of all customers. */
  everyone: number
}

/**
 * Lists a page of the selected customers whom a filter also matches, in the manner of the list that they were selected
 * from.
 */
export async function listSelected(
  em: Em,
  filter: CustomerFilter,
  day: RetailersDay,
  shown: SelectionView
): Promise<ListPage> {
  const page = await mergedListPage(em, await partsOf(em, shown), filter, day)
  if (filter.isActive || filter.hasErrors) return page
  const found = { count: shown.tally.selected, isMore: false }
  return { ...page, found, range: rangeOf(page.customers, found) }
}

/**
 * The selection in two parts that share nobody: customers who match All Pages and were not ticked or unticked since,
 * and customers who are ticked.
 */
async function partsOf(em: Em, { selection, tally, group, everyone }: SelectionView): Promise<CustomerQuery[]> {
  const { id, filter } = selection
  const ticked = { groupId: 0, isList: true, size: tally.plus, tickedIn: id }
  const byHand = { conditions: [], within: [ticked], except: [WALK_IN_CUSTOMER], everyone }
  if (!filter) return [byHand]
  const frozen = await frozenPart(em, selection, filter, group, everyone)
  return selection.hasTicks ? [frozen, byHand] : [frozen]
}

async function frozenPart(
  em: Em,
  { id, purpose, highestId, hasTicks }: Selection,
  filter: FrozenFilter,
  group: SelectionView['group'],
  everyone: number
): Promise<CustomerQuery> {
  const { conditions, within, without, except } = queryOf(purpose, filter, group)
  const sized = async (one: MemberSet) => ({ ...one, size: await countMembers(em, one.groupId) })
  const on = (where: Condition['where']): Condition => ({ table: 'customer', where })
  // The subquery makes the planner look up ticks row by row, as it does for customers who are left out of a list.
  const isUntouched = on(sql<boolean>`(
    select true from selection_tick tick where tick.selection_id = ${id} and tick.customer_id = customer.id limit 1
  ) is null`)
  const upToNewest = on(sql<boolean>`customer.id <= ${highestId}::int`)
  return {
    conditions: [...conditions, upToNewest, ...(hasTicks ? [isUntouched] : [])],
    within: await Promise.all(within.map(sized)),
    ...(without && { without: await sized(without) }),
    except,
    everyone
  }
}
