import { type RawBuilder, sql } from 'kysely'
import {
  CustomerFilter,
  type CustomerQuery,
  conditionsOf,
  type MemberSet,
  matchingIds
} from '../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { type FrozenFilter, freeze, noteMatched, type Selection } from './selection.ts'

type Target = Pick<Group, 'id' | 'isList'>

/** A query for the ids of everyone selected at this moment. */
export function selectedIds(selection: Selection, group: Target): RawBuilder<{ id: number }> {
  const ticked = sql<{ id: number }>`
    select customer_id as id from selection_tick where selection_id = ${selection.id} and is_ticked
  `
  if (!selection.filter) return ticked
  return sql`
    select id from (${frozenIds(selection, selection.filter, group)}) frozen
    where not exists (select from selection_tick where selection_id = ${selection.id} and customer_id = frozen.id and not is_ticked)
    union ${ticked}
  `
}

function frozenIds({ purpose, highestId }: Selection, filter: FrozenFilter, group: Target): RawBuilder<{ id: number }> {
  const ids = matchingIds(queryOf(purpose, filter, group))
  return sql`select id from (${ids}) matching where id <= ${highestId}::int`
}

/**
 * The customers whom a frozen filter matches, including those who came later. The sizes of its groups, and the number
 * of all customers, are left at 0.
 */
export function queryOf(purpose: Selection['purpose'], filter: FrozenFilter, group: Target): CustomerQuery {
  const target: MemberSet = { groupId: group.id, isList: group.isList, size: 0 }
  const named = filter.within.map((one) => ({ ...one, size: 0 }))
  const isAmongOthers = purpose === 'add' && !filter.withMembers
  return {
    conditions: conditionsOf(CustomerFilter.from(filter.params), filter, filter.shopId ?? null),
    within: purpose === 'remove' ? [target, ...named.filter(({ groupId }) => groupId !== group.id)] : named,
    ...(isAmongOthers && { without: target }),
    except: [WALK_IN_CUSTOMER],
    everyone: 0
  }
}

/** Selects everyone whom a filter matches, as All Pages does, counts them, and returns the changed selection. */
export async function selectAllPages(
  em: Em,
  selection: Selection,
  group: Target,
  filter: FrozenFilter
): Promise<Selection> {
  return em.transactional(async (inner) => {
    const frozen = await freeze(inner, selection, filter)
    const matched = await countFrozen(inner, frozen, group)
    await noteMatched(inner, frozen.id, matched)
    return { ...frozen, matched }
  })
}

/** Counts the customers who match the frozen filter now. */
async function countFrozen(em: Em, selection: Selection, group: Target): Promise<number> {
  if (!selection.filter) return 0
  const ids = frozenIds(selection, selection.filter, group)
  return (await row(em, sql<{ n: number }>`select count(*)::int as n from (${ids}) frozen`))?.n ?? 0
}

/** The numbers in a picker's bar. */
export interface Tally {
  selected: number
  /** The number who matched when All Pages was chosen; null if it was not chosen. */
  matched: number | null
  /** How many of these were unticked since. */
  minus: number
  /** The number of customers who were ticked besides. */
  plus: number
}

/**
 * Counts the selection from the number stored when All Pages was chosen and from the ticks since, so that a tick
 * doesn't cost a count of a million customers.
 */
export async function tally(em: Em, selection: Selection, group: Target): Promise<Tally> {
  const matched = selection.filter ? selection.matched : null
  const { plus, minus } = selection.hasTicks ? await countTicks(em, selection, group) : { plus: 0, minus: 0 }
  return { selected: Math.max(0, (matched ?? 0) - minus) + plus, matched, minus, plus }
}

async function countTicks(em: Em, selection: Selection, group: Target): Promise<Pick<Tally, 'plus' | 'minus'>> {
  const isFrozen = selection.filter
    ? sql<boolean>`exists (select from (${frozenIds(selection, selection.filter, group)}) frozen where frozen.id = customer_id)`
    : sql<boolean>`false`
  const query = sql<{ plus: number; minus: number }>`
    select count(*) filter (where is_ticked and not is_frozen)::int as plus, count(*) filter (where not is_ticked and is_frozen)::int as minus
    from (select is_ticked, ${isFrozen} as is_frozen from selection_tick where selection_id = ${selection.id} offset 0) tick
  `
  const counted = await row(em, selection.filter ? query : prepared(query))
  return counted ?? { plus: 0, minus: 0 }
}

/** Finds which customers of a page are selected. */
export async function findSelectedOf(
  em: Em,
  selection: Selection,
  group: Target,
  shown: number[]
): Promise<Set<number>> {
  if (!selection.filter && !selection.hasTicks) return new Set()
  const isFrozen = selection.filter
    ? sql<boolean>`exists (select from (${frozenIds(selection, selection.filter, group)}) frozen where frozen.id = shown.id)`
    : sql<boolean>`false`
  const query = sql<{ id: number }>`
    select shown.id from unnest(${shown}::int[]) shown (id)
    left join selection_tick tick on tick.selection_id = ${selection.id} and tick.customer_id = shown.id
    where coalesce(tick.is_ticked, ${isFrozen})
  `
  // Prepared only without a filter, because the best plan for a filter depends on its values.
  const found = await rows(em, selection.filter ? query : prepared(query))
  return new Set(found.map(({ id }) => id))
}
