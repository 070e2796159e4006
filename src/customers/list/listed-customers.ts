/** What the customer list shows of each customer, and how a page of them is read. */
import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import type { Decimal } from '../../lib/format.ts'
import { type Found, type Page, paging, toPage } from '../../lib/paging.ts'
import { ageOn } from '../ages.ts'
import type { Gender } from '../gender.ts'
import { bestMatchesPaging, findBestMatches } from './best-matches.ts'
import { COLUMNS, IDS, type RowKey } from './columns.ts'
import type { CustomerQuery } from './customer-query.ts'
import type { CustomerFilter } from './filter.ts'
import { findPage } from './find-page.ts'

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

/** One page of a list's customers in the order that a filter says, and how many customers the list holds. */
export async function listCustomers(
  em: Em,
  query: CustomerQuery,
  filter: CustomerFilter,
  day: RetailersDay
): Promise<{ customers: Page<ListedCustomer>; found: Found }> {
  const addColumns = (keys: RawBuilder<RowKey>) => withColumns(keys, day)
  if (filter.isBestFirst) {
    const { rows, found } = await findBestMatches(em, query, filter.values.q ?? '', filter.place, addColumns)
    return { customers: toPage(rows, bestMatchesPaging(filter.place)), found }
  }
  const { table } = COLUMNS[filter.sort]
  const place = paging(COLUMNS[filter.sort], filter.direction, IDS[table], filter.place)
  const { rows, found } = await findPage(em, query, filter.sort, place, addColumns)
  return { customers: toPage(rows, place), found }
}

function withColumns(keys: RawBuilder<RowKey>, day: RetailersDay): RawBuilder<ListedCustomer & RowKey> {
  return sql`
    select placed."sortValue", ${columns(day)}
    from (select found.*, row_number() over () as number from (${keys}) found) placed
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
    order by placed.number
  `
}

function columns({ today, timeZone }: RetailersDay) {
  return sql`
    customer.id, customer.name, customer.phone, customer.email, customer.gender, customer.location,
    ${ageOn(today)} as age, totals.orders, totals.spent, totals.last_order_at as "lastOrderAt",
    ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays",
    primary_group.id as "groupId", primary_group.name as group
  `
}
