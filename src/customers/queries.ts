import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Decimal } from '../web/format.ts'
import { type Page, paging, toPage } from '../web/paging.ts'
import { COLUMNS } from './columns.ts'
import type { Gender } from './customer.ts'
import type { CustomerFilter } from './filter.ts'
import { type Calendar, conditions, SOURCE } from './matching.ts'

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
  sortValue: string | null
}

const WHOLE_LIST = sql<boolean>`true`

/** One page of the customers that a filter means; `within` narrows it further, to a group's members, say. */
export async function listCustomers(
  em: Em,
  filter: CustomerFilter,
  calendar: Calendar,
  within: RawBuilder<boolean> = WHOLE_LIST
): Promise<Page<ListedCustomer>> {
  const column = COLUMNS[filter.sort]
  const place = paging(column, filter.direction, sql`customer.id`, filter.place)
  const found = await rows(
    em,
    sql<ListedCustomer>`
    select ${listed(calendar)}, ${sortValue(column)} as "sortValue"
    from ${SOURCE}
    where ${within} and ${conditions(filter, calendar)} and ${place.where}
    order by ${place.orderBy} limit ${place.limit}
  `
  )
  return toPage(found, place)
}

function listed({ today, timeZone }: Calendar) {
  return sql`
    customer.id, customer.name, customer.phone, customer.email, customer.gender, customer.location,
    ${ageOn(today)} as age, totals.orders, totals.spent, totals.last_order_at as "lastOrderAt",
    ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays",
    primary_group.id as "groupId", primary_group.name as group
  `
}

/** Whole years lived on a day; who was born on 29 February grows older on 1 March of other years. */
export function ageOn(today: string) {
  return sql`extract(year from age(${today}::date, customer.birth_date))::int`
}

/** As a cursor carries it: text that is cast back without losing anything, microseconds included. */
function sortValue({ expression, type }: { expression: RawBuilder<unknown>; type: string }) {
  return type === 'timestamptz'
    ? sql`to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : sql`(${expression})::text`
}

/** The number found: everyone the filter means, on whichever page. */
export async function countCustomers(
  em: Em,
  filter: CustomerFilter,
  calendar: Calendar,
  within: RawBuilder<boolean> = WHOLE_LIST
): Promise<number> {
  const found = await row(
    em,
    sql<{ count: number }>`
    select count(*)::int as count from ${SOURCE} where ${within} and ${conditions(filter, calendar)}
  `
  )
  return found?.count ?? 0
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

/** Cities that customers live in, the commonest first, for the filter's suggestions. */
export async function listLocations(em: Em, limit = 100): Promise<string[]> {
  const found = await rows(
    em,
    sql<{ location: string }>`
    select location from customer where location is not null group by location order by count(*) desc, location limit ${limit}
  `
  )
  return found.map((one) => one.location)
}
