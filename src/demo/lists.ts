import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { MANAGER, OPENED, TIME_ZONE } from './shop.ts'

interface List {
  name: string
  description: string
  /** Rows of (customer_id, since): the members, and the moment when each joined. */
  members: (today: string) => RawBuilder<unknown>
}

/** Lists as a shop would compile them from its own sales. */
const LISTS: List[] = [
  {
    name: 'West',
    description: 'Last bought in our West region. They get news from its stores.',
    members: () => sql`
      select customer_id, min(sold_at) filter (where region = 'West')
      from demo_order group by customer_id having (array_agg(region order by sold_at desc, receipt desc))[1] = 'West'
    `
  },
  {
    name: 'Technology buyers',
    description: 'Bought phones, machines or accessories in the past year. They get the fall catalog.',
    members: (today) => buyersWithinAYear('Technology', today)
  },
  {
    name: 'Furniture buyers',
    description: 'Bought furniture in the past year. They get the spring catalog.',
    members: (today) => buyersWithinAYear('Furniture', today)
  },
  {
    name: 'Big spenders, 90 days',
    description: 'Spent $1,000 or more in the last 90 days. Invited to the preview evening.',
    members: (today) => sql`
      select customer_id, max(sold_at) from sale where sold_at >= ${startOfDay(today, 90)}
      group by customer_id having sum(total) >= 1000
    `
  },
  {
    name: 'Lapsed, over a year',
    description: 'Have not bought in over a year. Call them before the next sale.',
    members: (today) => sql`
      select customer_id, last_order_at + interval '365 days'
      from customer_totals where last_order_at < ${startOfDay(today, 365)}
    `
  }
]

const buyersWithinAYear = (category: string, today: string) => sql`
  select customer_id, min(sold_at)
  from demo_line join sale using (receipt)
  where category = ${category}
  group by customer_id having max(sold_at) >= ${startOfDay(today, 365)}
`

function startOfDay(today: string, daysAgo: number) {
  return sql`((${today}::date - ${daysAgo}::integer)::timestamp at time zone ${TIME_ZONE})`
}

/** Makes the lists and adds the customers who belong on them today. */
export async function drawLists(em: Em, today: string): Promise<void> {
  await rows(em, lists)
  await rows(em, listMemberships(today))
}

const lists = sql`
  insert into customer_group (kind, name, description, created_at, created_by)
  select 'list', name, description, ${OPENED}, ${MANAGER}
  from jsonb_to_recordset(${JSON.stringify(LISTS)}::jsonb) as planned (name text, description text)
`

const listMemberships = (today: string) => sql`
  insert into list_membership (group_id, customer_id, joined_at, joined_by)
  select list.id, member.customer_id, member.since, ${MANAGER}
  from (${sql.join(LISTS.map(membersOf(today)), sql` union all `)}) member (list, customer_id, since)
    join customer_group list on list.name = member.list
`

const membersOf =
  (today: string) =>
  ({ name, members }: List) =>
    sql`select ${name}::text, member.* from (${members(today)}) member`
