import { type RawBuilder, sql } from 'kysely'
import { preferIndexes } from '../../db/by-index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import { openReading, type Reading } from '../../db/reading.ts'
import { rows } from '../../db/rows.ts'
import { countEveryone, countMembers } from '../../figures/queries.ts'
import type { Group } from '../../groups/group.ts'
import { Refusal } from '../../lib/errors.ts'
import type { Decimal } from '../../lib/format.ts'
import { paging } from '../../lib/paging.ts'
import type { Gender } from '../gender.ts'
import { COLUMNS, IDS } from './columns.ts'
import { everyMatching, type Sought } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { type Calendar, conditions } from './filter-conditions.ts'
import { namedGroups } from './list-page.ts'
import { type Among, countCustomers } from './listed-customers.ts'

export interface ExportedCustomer {
  firstName: string
  lastName: string
  phone: string | null
  email: string | null
  birthDate: string | null
  gender: Gender | null
  location: string | null
  group: string
  lists: string
  orders: number
  spent: Decimal
  lastOrder: string | null
  since: string
}

/** A whole list of customers as it is at one moment, however long it takes to read. */
export interface Export {
  count: number
  /** In the order of the list; read as they are asked for. */
  customers: AsyncGenerator<ExportedCustomer>
  close(): Promise<void>
}

/** Opens the list that a filter means, of a group or of everyone, until `signal` says that nobody reads it any more. */
export async function openExport(
  em: Em,
  filter: CustomerFilter,
  calendar: Calendar,
  group: Group | null,
  signal: AbortSignal
): Promise<Export> {
  const reading = await openReading(em, signal)
  try {
    const among = await findAmong(reading.em, filter, group)
    const [mistake] = Object.values(filter.errors)
    if (mistake) throw new Refusal(422, `${mistake} Nothing was exported.`)
    const count = await countCustomers(reading.em, filter, calendar, among)
    await begin(reading.em, { ...among, conditions: conditions(filter, calendar) }, filter)
    return { count, customers: read(reading, calendar, await nameGroups(reading.em)), close: reading.close }
  } catch (error) {
    await reading.close()
    throw error
  }
}

async function findAmong(em: Em, filter: CustomerFilter, group: Group | null): Promise<Among> {
  const named = await namedGroups(em, filter)
  const everyone = await countEveryone(em)
  if (!group) return { within: named, except: [WALK_IN_CUSTOMER], everyone }
  const own = { groupId: group.id, isList: group.isList, size: await countMembers(em, group.id) }
  return { within: [own, ...named], except: [], everyone }
}

/** Only ids are sorted, which stay small; the planner is free to choose how. */
async function begin(em: Em, sought: Sought, { sort, direction }: CustomerFilter): Promise<void> {
  const { table } = COLUMNS[sort]
  const { orderBy } = paging(COLUMNS[sort], direction, IDS[table], {})
  await rows(
    em,
    sql`
    declare exported no scroll cursor for
    select ${IDS[table]} as id from (${everyMatching(sought)}) matching ${JOINED[table]} order by ${orderBy}
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

/** All groups' names, in their order: they are few, and looked up for every customer. */
async function nameGroups(em: Em): Promise<Map<number, string>> {
  const groups = await rows(
    em,
    sql<{ id: number; name: string }>`select id, name from customer_group order by name, id`
  )
  return new Map(groups.map(({ id, name }) => [id, name]))
}

async function* read(
  { em, close }: Reading,
  calendar: Calendar,
  names: Map<number, string>
): AsyncGenerator<ExportedCustomer> {
  const places = new Map([...names.keys()].map((id, place) => [id, place]))
  const placeOf = (id: number) => places.get(id) ?? 0
  const listsOf = (ids: number[]) =>
    ids
      .sort((one, other) => placeOf(one) - placeOf(other))
      .map((id) => names.get(id))
      .join('; ')
  try {
    for (;;) {
      const placed = await rows(em, sql<{ id: number }>`fetch ${sql.lit(AT_ONCE)} from exported`)
      if (!placed.length) return
      const ids = placed.map(({ id }) => id)
      for (const { groupId, listIds, ...customer } of await describe(em, ids, calendar))
        yield { ...customer, group: names.get(groupId) ?? '', lists: listsOf(listIds) }
    }
  } finally {
    await close()
  }
}

type Described = Omit<ExportedCustomer, 'group' | 'lists'> & { groupId: number; listIds: number[] }

async function describe(em: Em, ids: number[], { timeZone }: Calendar): Promise<Described[]> {
  return rows(
    em,
    sql<Described>`
    select customer.first_name as "firstName", customer.last_name as "lastName", customer.phone, customer.email,
      customer.birth_date as "birthDate", customer.gender, customer.location, primary_membership.group_id as "groupId",
      array(select group_id from list_membership where customer_id = placed.id) as "listIds",
      totals.orders, totals.spent, (totals.last_order_at at time zone ${timeZone})::date as "lastOrder",
      (customer.created_at at time zone ${timeZone})::date as since
    from unnest(${ids}::int[]) with ordinality as placed (id, number)
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    order by placed.number
  `
  )
}
