/** A whole list of customers, read for a file: all of its pages as they are at one moment. */
import { type RawBuilder, sql } from 'kysely'
import { preferIndexes } from '../../db/by-index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { openSnapshot, type Snapshot } from '../../db/reading.ts'
import { rows } from '../../db/rows.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import { countEveryone, countMembers } from '../../figures/queries.ts'
import type { Group } from '../../groups/group.ts'
import { Refusal } from '../../lib/errors.ts'
import { paging } from '../../lib/paging.ts'
import type { Column } from '../../lib/sheets.ts'
import { type GroupNames, IDS } from './column.ts'
import type { CustomerQuery } from './customer-query.ts'
import { matchingIds } from './customer-query-sql.ts'
import { type ExportedCustomer, fileColumns, readDetails } from './exported-customers.ts'
import type { CustomerFilter } from './filter.ts'
import { filtered, findNamed } from './filtered-query.ts'
import { countCustomers } from './find-page.ts'
import { SORTS } from './sorts.ts'

export interface Export {
  count: number
  columns: Column<ExportedCustomer>[]
  /** In the order of the list; they are read as they are asked for. */
  customers: AsyncGenerator<ExportedCustomer>
  close(): Promise<void>
}

/**
 * Opens the list of a group, or of all customers, as far as a filter means them. It stays open until all of it is read, it is
 * closed, or `signal` says that nobody reads it any more.
 */
export async function openExport(
  em: Em,
  filter: CustomerFilter,
  day: RetailersDay,
  group: Group | null,
  signal: AbortSignal
): Promise<Export> {
  const reading = await openSnapshot(em, signal)
  try {
    const list = await findList(reading.em, group)
    const named = await findNamed(reading.em, filter)
    const [mistake] = Object.values(filter.errors)
    if (mistake) throw new Refusal(422, `${mistake} Nothing was exported.`)
    const query = filtered(list, filter, named, day)
    const count = await countCustomers(reading.em, query)
    await declareCursor(reading.em, query, filter)
    const columns = fileColumns(await nameGroups(reading.em))
    return { count, columns, customers: read(reading, day), close: reading.close }
  } catch (error) {
    await reading.close()
    throw error
  }
}

async function findList(em: Em, group: Group | null): Promise<CustomerQuery> {
  const everyone = await countEveryone(em)
  if (!group) return { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone }
  const members = { groupId: group.id, isList: group.isList, size: await countMembers(em, group.id) }
  return { conditions: [], within: [members], except: [], everyone }
}

/** Sorts the ids alone, which take little room. How is up to the planner; only then is it told to go by indexes. */
async function declareCursor(em: Em, query: CustomerQuery, { sort, direction }: CustomerFilter): Promise<void> {
  const { table } = SORTS[sort]
  const { orderBy } = paging(SORTS[sort], direction, IDS[table], {})
  await rows(
    em,
    sql`
    declare exported no scroll cursor for
    select ${IDS[table]} as id from (${matchingIds(query)}) matching ${JOINED[table]} order by ${orderBy}
  `
  )
  await preferIndexes(em)
}

const JOINED = {
  customer: sql`join customer on customer.id = matching.id`,
  totals: sql`join customer_totals totals on totals.customer_id = matching.id`,
  group: sql`
    join primary_membership on primary_membership.customer_id = matching.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
  `
} as const satisfies Record<keyof typeof IDS, RawBuilder<unknown>>

const AT_ONCE = 1_000

/** The names of all groups. They are few, and looked up for every customer. */
async function nameGroups(em: Em): Promise<GroupNames> {
  const groups = await rows(
    em,
    sql<{ id: number; name: string }>`select id, name from customer_group order by name, id`
  )
  const names = new Map(groups.map(({ id, name }) => [id, name]))
  const places = new Map(groups.map(({ id }, place) => [id, place]))
  const placeOf = (id: number) => places.get(id) ?? 0
  return {
    of: (id) => names.get(id) ?? '',
    all: (ids) =>
      ids
        .toSorted((one, other) => placeOf(one) - placeOf(other))
        .map((id) => names.get(id))
        .join('; ')
  }
}

async function* read({ em, close }: Snapshot, day: RetailersDay): AsyncGenerator<ExportedCustomer> {
  try {
    for (;;) {
      const placed = await rows(em, sql<{ id: number }>`fetch ${sql.lit(AT_ONCE)} from exported`)
      if (!placed.length) return
      const ids = placed.map(({ id }) => id)
      yield* await readDetails(em, ids, day)
    }
  } finally {
    await close()
  }
}
