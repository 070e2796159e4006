import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { hashPassword } from '../staff/passwords.ts'
import type { Role } from '../staff/staff-member.ts'

export const TIME_ZONE = 'America/New_York'

/** The password of the demo's staff, whose sign-ins the terminal shows. */
export const DEMO_PASSWORD = 'clientele-demo'
export const DEMO_STAFF: { name: string; email: string; role: Role }[] = [
  { name: 'Ana Ruiz', email: 'admin@demo.test', role: 'admin' },
  { name: 'Mia Tan', email: 'manager@demo.test', role: 'manager' },
  { name: 'Sam Cole', email: 'staff@demo.test', role: 'staff' }
]

/** One primary group for each customer segment in the data. */
const PRIMARY_GROUPS = [
  {
    name: 'Consumer',
    description: 'People who buy for themselves and their home. They pay at the till.',
    trusted: false
  },
  {
    name: 'Corporate',
    description: 'Companies we have a contract with. They can buy on account and get the discounts in their contract.',
    trusted: true
  },
  {
    name: 'Home Office',
    description: 'Freelancers and small businesses run from home. They pay at the till.',
    trusted: false
  }
]

export const MANAGER = sql`(select id from staff_member where email = 'manager@demo.test')`
export const OPENED = sql`(select min(sold_at) - interval '7 days' from demo_order)`

/** A shop for each region in the data, and the tills that each has. */
const SHOPS = [
  { name: 'High Street', region: 'West' },
  { name: 'Market Square', region: 'East' },
  { name: 'Station Road', region: 'Central' },
  { name: 'Harbour Mall', region: 'South' }
]
const TILLS = ['1', '2']

/** Creates the retailer, its shops, its staff and its primary groups, all a week before the first sale. */
export async function openShop(em: Em): Promise<void> {
  await rows(em, retailer)
  await rows(em, shops)
  const people = DEMO_STAFF.map(async (person) => ({ ...person, password_hash: await hashPassword(DEMO_PASSWORD) }))
  await rows(em, staffMembers(JSON.stringify(await Promise.all(people))))
  await rows(em, primaryGroups(JSON.stringify(PRIMARY_GROUPS)))
}

const retailer = sql`
  insert into retailer (name, country, time_zone, currency, locale, is_demo)
  values ('Superstore', 'US', ${TIME_ZONE}, 'USD', 'en-US', true)
`

const shops = sql`
  with opened as (
    insert into shop (name, created_at)
    select name, ${OPENED} from json_to_recordset(${JSON.stringify(SHOPS)}::json) as planned (name text) returning id
  )
  insert into till (shop_id, name, created_at)
  select opened.id, till.name, ${OPENED} from opened, json_array_elements_text(${JSON.stringify(TILLS)}::json) till (name)
`

/** The till of each sale: one of the shop in its region. */
export const tillOf = (region: RawBuilder<string>, receipt: RawBuilder<string>) => sql<number>`(
  select till.id from json_to_recordset(${JSON.stringify(SHOPS)}::json) as planned (name text, region text)
    join shop on shop.name = planned.name join till on till.shop_id = shop.id
  where planned.region = ${region} order by till.name offset abs(hashtext(${receipt}) % ${TILLS.length}::int) limit 1
)`

const staffMembers = (people: string) => sql`
  insert into staff_member (name, email, role, password_hash, created_at)
  select name, email, role, password_hash, ${OPENED}
  from jsonb_to_recordset(${people}::jsonb) as hired (name text, email text, role text, password_hash text)
`

const primaryGroups = (planned: string) => sql`
  insert into customer_group (kind, name, description, allows_on_account, allows_discounts, created_at, created_by)
  select 'primary', name, description, trusted, trusted, ${OPENED}, ${MANAGER}
  from jsonb_to_recordset(${planned}::jsonb) as planned (name text, description text, trusted boolean)
`
