import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { row, rows } from '../../db/rows.ts'
import type { Decimal } from '../../lib/format.ts'
import { type Found, type Page, paging, toPage } from '../../lib/paging.ts'
import { ageOn } from '../ages.ts'
import type { Gender } from '../gender.ts'
import { bestPaging, findBest } from './best-matches.ts'
import { COLUMNS, IDS } from './columns.ts'
import { knownSize, type Sought } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { type Calendar, type Condition, conditions } from './filter-conditions.ts'
import { countAll, findPage } from './find-page.ts'
import type { Placed } from './index-scan.ts'

export interface ListedCustomer {
  id: number
  name: string
  phone: string | null
  email: string | null
  age: number | null
  gender: Gender | null
  location: string | null
  orders: number
  spent: Decimal
  lastOrderAt: string | null
  lastOrderDays: number | null
  groupId: number
  group: string
}

/** Groups that the list is of, who is left out, how many customers there are at all; and what else they have in common. */
export type Among = Omit<Sought, 'conditions'> & { also?: Condition[] }

/** One page of the customers that a filter means, and how many they are. */
export async function listCustomers(
  em: Em,
  filter: CustomerFilter,
  calendar: Calendar,
  among: Among
): Promise<{ customers: Page<ListedCustomer>; found: Found }> {
  const sought = { ...among, conditions: [...(among.also ?? []), ...conditions(filter, calendar)] }
  const show = (query: RawBuilder<Placed>) => described(query, calendar)
  if (filter.isBestFirst) {
    const { placed, found } = await findBest(em, sought, filter.values.q ?? '', filter.place, show)
    return { customers: toPage(placed, bestPaging(filter.place)), found }
  }
  const { table } = COLUMNS[filter.sort]
  const place = paging(COLUMNS[filter.sort], filter.direction, IDS[table], filter.place)
  const { placed, found } = await findPage(em, sought, filter.sort, place, show)
  return { customers: toPage(placed, place), found }
}

/** How many a filter means, however long that takes to count. */
export async function countCustomers(
  em: Em,
  filter: CustomerFilter,
  calendar: Calendar,
  among: Among
): Promise<number> {
  const sought = { ...among, conditions: conditions(filter, calendar) }
  return knownSize(sought) ?? countAll(em, sought)
}

function described(placed: RawBuilder<Placed>, calendar: Calendar): RawBuilder<ListedCustomer & Placed> {
  return sql`
    select placed."sortValue", ${listed(calendar)}
    from (select found.*, row_number() over () as number from (${placed}) found) placed
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
    order by placed.number
  `
}

function listed({ today, timeZone }: Calendar) {
  return sql`
    customer.id, customer.name, customer.phone, customer.email, customer.gender, customer.location,
    ${ageOn(today)} as age, totals.orders, totals.spent, totals.last_order_at as "lastOrderAt",
    ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays",
    primary_group.id as "groupId", primary_group.name as group
  `
}

export interface CustomerOwner {
  id: number
  name: string
  field: 'phone' | 'email'
}

/** Who already has a phone or an e-mail, other than the customer being edited. */
export async function findOwners(
  em: Em,
  phone: string | null,
  email: string | null,
  exceptId: number | null
): Promise<CustomerOwner[]> {
  return rows(
    em,
    sql<CustomerOwner>`
    select id, name, 'phone' as field from customer where phone = ${phone} and id is distinct from ${exceptId}::int
    union all
    select id, name, 'email' as field from customer where email = ${email} and id is distinct from ${exceptId}::int
  `
  )
}

export interface CustomerDetails {
  age: number | null
  orders: number
  spent: Decimal
  lastOrderAt: string | null
  lastOrderDays: number | null
  balance: Decimal
}

/** What a customer's page says beyond the customer: age, totals, last order, and what they owe. */
export async function findDetails(
  em: Em,
  customerId: number,
  { today, timeZone }: Calendar
): Promise<CustomerDetails | undefined> {
  return row(
    em,
    sql<CustomerDetails>`
    select ${ageOn(today)} as age, totals.orders, totals.spent, totals.last_order_at as "lastOrderAt",
      ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays",
      (select coalesce(sum(amount), 0) from account_entry where customer_id = customer.id) as balance
    from customer join customer_totals totals on totals.customer_id = customer.id
    where customer.id = ${customerId}
  `
  )
}
