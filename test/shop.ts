import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../src/db/orm.ts'
import { row, rows } from '../src/db/rows.ts'
import { liftDeadlines } from '../src/db/take-time.ts'
import type { Group } from '../src/groups/group.ts'
import { findGroup } from '../src/groups/queries.ts'
import type { Actor } from '../src/lib/actor.ts'
import { addMembers } from '../src/membership/join.ts'
import { NOW } from './helper.ts'
import { recordSale } from './till.ts'

export const DEFAULT = 1
export const WALK_IN = 2

let people = 0

interface Person {
  firstName?: string
  lastName?: string
  phone?: string | null
  email?: string | null
  birthDate?: string | null
  gender?: string | null
  location?: string | null
  company?: string | null
  /** The id of the primary group. */
  group?: number
  lists?: number[]
}

/** Adds a customer, who has an e-mail of their own unless `person` says otherwise. */
export async function addCustomer(em: Em, person: Person = {}): Promise<number> {
  const { firstName = 'Ann', lastName = '', phone = null, group = DEFAULT, lists = [] } = person
  const { email = `person${++people}@example.com`, birthDate = null, gender = null } = person
  const { location = null, company = null } = person
  const made = await row(
    em,
    sql<{ id: number }>`
    with made as (
      insert into customer (first_name, last_name, phone, email, birth_date, gender, location, company)
      values (${firstName}, ${lastName}, ${phone}, ${email}, ${birthDate}, ${gender}, ${location}, ${company}) returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at) select id, ${group}, ${NOW} from made
    ), listed as (
      insert into list_membership (customer_id, group_id, joined_at)
      select id, list, ${NOW} from made, unnest(${lists}::int[]) list
    ), counted as (
      insert into customer_totals (customer_id) select id from made
    )
    select id from made
  `
  )
  return made?.id ?? 0
}

/** Adds customers one after the other, so that their ids are in the order of `names`. */
export async function addCustomers(em: Em, names: string[], person: Person = {}): Promise<number[]> {
  const ids: number[] = []
  for (const firstName of names) ids.push(await addCustomer(em, { ...person, firstName }))
  return ids
}

/**
 * Adds thousands of customers to Default. `details` is SQL that makes each one's values from their number `n`. A busy
 * machine needs longer for this than the half minute that a page may take.
 */
export function addCrowd(em: Em, many: number, details: RawBuilder<unknown>): Promise<void> {
  return em.fork().transactional(async (inner) => {
    await liftDeadlines(inner)
    await rows(
      inner,
      sql`
      with made as (
        insert into customer (first_name, last_name, email, location)
        select ${details} from generate_series(1, ${many}::int) n returning id
      ), joined as (
        insert into primary_membership (customer_id, group_id, joined_at) select id, ${DEFAULT}, ${NOW} from made
      )
      insert into customer_totals (customer_id) select id from made
    `
    )
  })
}

interface NewGroup {
  kind?: Group['kind']
  description?: string
  allowsOnAccount?: boolean
  allowsDiscounts?: boolean
  restrictsPurchases?: boolean
  largestDiscount?: string
  automaticDiscount?: string
  priceList?: string
  purchaseMessage?: string
}

export async function addGroup(em: Em, name: string, settings: NewGroup = {}): Promise<number> {
  const { kind = 'primary', description = '', ...rest } = settings
  const { allowsOnAccount = false, allowsDiscounts = false, restrictsPurchases = false, largestDiscount = null } = rest
  const { automaticDiscount = null, priceList = null, purchaseMessage = null } = rest
  const made = await row(
    em,
    sql<{ id: number }>`
    insert into customer_group (kind, name, description, allows_on_account, allows_discounts, restricts_purchases, largest_discount,
      automatic_discount, price_list, purchase_message)
    values (${kind}, ${name}, ${description}, ${allowsOnAccount}, ${allowsDiscounts}, ${restrictsPurchases}, ${largestDiscount},
      ${automaticDiscount}, ${priceList}, ${purchaseMessage}) returning id
  `
  )
  return made?.id ?? 0
}

export const addList = (em: Em, name: string) => addGroup(em, name, { kind: 'list' })

/** A product's name, units and money. */
export type Line = [product: string, quantity: number, amount: number]

let receipts = 0

/** Records a sale or, with negative quantities, a return, paid by card. */
export async function addSale(em: Em, customerId: number, soldAt: string, lines: Line[]): Promise<void> {
  const total = lines.reduce((sum, [, , amount]) => sum + amount, 0)
  await recordSale(em, {
    receipt: `R-${++receipts}`,
    customerId,
    soldAt: new Date(soldAt),
    lines: lines.map(([name, quantity, amount]) => {
      return { sku: name.toUpperCase(), name, quantity: String(quantity), amount: amount.toFixed(2) }
    }),
    tenders: { card: total.toFixed(2) }
  })
}

/** The names of the groups that a customer is in, the primary one first. */
export async function groupsOf(em: Em, customer: number): Promise<string[]> {
  const found = await rows(
    em,
    sql<{ name: string }>`
    select name from membership join customer_group grouped on grouped.id = group_id
    where customer_id = ${customer} order by kind desc, name
  `
  )
  return found.map(({ name }) => name)
}

export async function join(em: Em, groupId: number, customers: number[], actor: Actor = { id: 1, now: NOW }) {
  return addMembers(em, await findGroup(em, groupId), customers, actor)
}

/** Adds an amount to what a customer owes. A negative amount is a credit. */
export async function owe(em: Em, customer: number, amount: string): Promise<void> {
  await rows(
    em,
    sql`
    insert into account_entry (customer_id, kind, amount, reason, entered_at)
    values (${customer}, 'adjustment', ${amount}::numeric, 'From before', ${NOW})
  `
  )
}
