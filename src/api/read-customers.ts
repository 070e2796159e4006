import { type RawBuilder, sql } from 'kysely'
import type { Gender } from '../customers/gender.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { SETTINGS_BY_NAME } from '../groups/settings.ts'
import { type Decimal, dayIn } from '../lib/format.ts'
import { decimalsOf, withDecimals } from '../lib/money.ts'
import type { Policy } from '../sales/policy.ts'
import { policyAnswer } from '../sales/policy-answer.ts'
import type { KeyHolder } from '../tills/keys.ts'
import type { CustomerAnswer } from './schemas/customer.ts'

interface Membership {
  id: number
  name: string
  since: string
}

interface Row {
  id: number
  version: number
  first_name: string
  last_name: string
  company: string | null
  phone: string | null
  email: string | null
  birth_date: string | null
  gender: Gender | null
  location: string | null
  group: Policy['group']
  since: string
  lists: Membership[]
  orders: number
  spent: Decimal
  last_order_at: string | null
  balance: Decimal
}

/**
 * Customers as tills see them, in the order of their ids as given; who does not exist is left out. By hand and prepared, as tills
 * ask it all day: each customer is looked up alone, whatever the planner believes.
 */
export async function readCustomers(em: Em, ids: number[], retailer: KeyHolder['retailer']): Promise<CustomerAnswer[]> {
  const asked = sql`
    select id::integer as id, place from json_array_elements_text(${JSON.stringify(ids)}::json) with ordinality given (id, place)
  `
  return readFoundCustomers(em, asked, retailer)
}

/** The same of those whom a query finds (`id`, `place`), so that to find and to read them is one statement. */
export async function readFoundCustomers(
  em: Em,
  asked: RawBuilder<unknown>,
  retailer: KeyHolder['retailer']
): Promise<CustomerAnswer[]> {
  const found = await rows(
    em,
    prepared(sql<Row>`
    select customer.id, customer.version, first_name, last_name, company, phone, email, birth_date, gender, location,
      grouped.group, to_json(mine.joined_at) #>> '{}' as since, coalesce(listed.lists, '[]') as lists,
      totals.orders, totals.spent, to_json(totals.last_order_at) #>> '{}' as last_order_at,
      coalesce((select balance from account_balance where customer_id = customer.id), 0) as balance
    from (${asked}) asked
    cross join lateral (select * from customer where id = asked.id offset 0) customer
    cross join lateral (select * from primary_membership where customer_id = customer.id offset 0) mine
    cross join lateral (
      select to_json(settled) as group from (
        select id, name, version, ${SETTINGS_BY_NAME} from customer_group where id = mine.group_id
      ) settled
    ) grouped
    cross join lateral (select * from customer_totals where customer_id = customer.id offset 0) totals
    left join lateral (
      select json_agg(json_build_object('id', list.id, 'name', list.name, 'since', joined_at) order by list.name, list.id) as lists
      from list_membership join customer_group list on list.id = group_id where customer_id = customer.id
    ) listed on true
    order by asked.place
  `)
  )
  const decimals = decimalsOf(retailer.currency)
  return found.map((row) => answerOf(row, decimals, retailer.timeZone))
}

function answerOf(
  { group, since, spent, balance, lists, last_order_at, ...row }: Row,
  decimals: number,
  timeZone: string
): CustomerAnswer {
  const dayOf = (moment: string) => dayIn(timeZone, new Date(moment))
  return {
    id: row.id,
    version: row.version,
    first_name: row.first_name,
    last_name: row.last_name,
    company: row.company,
    phone: row.phone,
    email: row.email,
    birth_date: row.birth_date,
    gender: row.gender,
    location: row.location,
    primary_group: { id: group.id, name: group.name, since: dayOf(since) },
    lists: lists.map((list) => ({ ...list, since: dayOf(list.since) })),
    orders: row.orders,
    spent: withDecimals(spent, decimals),
    last_order_at: last_order_at && inUtc(last_order_at),
    policy: policyAnswer({ customerId: row.id, group, since: dayOf(since), balance, decimals })
  }
}

/** RFC 3339, to the millisecond. */
export const inUtc = (moment: string): string => new Date(moment).toISOString()
