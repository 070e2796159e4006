import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import { SETTINGS_BY_NAME } from '../groups/settings.ts'
import type { Settings } from './policy.ts'
import type { Sale } from './sale.ts'

/** A primary group, and which version of its settings. */
type Governing = Settings & { version: number }

/** What is known of a sale before it is decided. */
export interface Known {
  /** The sale that was recorded with this id, if any; its fingerprint is null if it is older than these. */
  recorded: { till: number; fingerprint: string | null } | null
  /** Its till has used the receipt number for another sale. */
  isReceiptTaken: boolean
  /** The customer's primary group; null if there is no such customer. */
  group: Governing | null
  /** There once was a customer with this number. */
  wasCustomer: boolean
}

type Row = { id: string; till: number | null; fingerprint: string | null } & Omit<Known, 'recorded' | 'group'> & {
    group: Governing | null
  }

/**
 * As it was last committed, and nothing of it is held: the row of a group is one that all its customers' tills would wait
 * for. Looked up one by one: as joins, the plan that is kept reads whole tables.
 * @returns by the sales' ids.
 */
export async function findKnown(em: Em, sales: Sale[]): Promise<Map<string, Known>> {
  const asked = sales.map(({ id, till, receipt, customerId }) => ({ id, till, receipt, customer_id: customerId }))
  const found = await rows(
    em,
    prepared(sql<Row>`
    select asked.id, recorded.till_id as till, recorded.fingerprint, receipts.id is not null as "isReceiptTaken", grouped.group,
      grouped.group is not null or asked.customer_id <= (select last_value from customer_id_seq) as "wasCustomer"
    from json_to_recordset(${JSON.stringify(asked)}::json) as asked (id uuid, till integer, receipt text, customer_id integer)
    left join lateral (
      select till_id, encode(fingerprint, 'hex') as fingerprint from sale_key where sale_key.id = asked.id limit 1
    ) recorded on true
    left join lateral (
      select id from sale_key where till_id = asked.till and receipt = asked.receipt limit 1
    ) receipts on true
    left join lateral (
      select to_json(settled) as group from (
        select id, name, version, ${SETTINGS_BY_NAME}
        from primary_membership mine join customer_group on customer_group.id = mine.group_id
        where mine.customer_id = asked.customer_id limit 1
      ) settled
    ) grouped on true
  `)
  )
  return new Map(
    found.map(({ id, till, fingerprint, ...known }) => [
      id,
      { ...known, recorded: till === null ? null : { till, fingerprint } }
    ])
  )
}

/**
 * Holds the accounts of these sales' customers, and the sales of which they bring something back, until em's transaction ends:
 * what is decided about them is so when it is written. Everybody has totals, but an account only after the first entry; so
 * the totals are held first, in the order in which a sale that is written takes both.
 * @param patiently waits for whoever holds them; otherwise what somebody holds is passed over.
 * @returns which customers and sales are held.
 */
export async function holdFor(em: Em, sales: Sale[], patiently: boolean): Promise<Held> {
  const wait = patiently ? sql`` : sql`skip locked`
  const customers = sales.filter(({ tenders }) => Number(tenders.onAccount) !== 0).map(({ customerId }) => customerId)
  const originals = sales.flatMap(({ returns }) => returns ?? [])
  const [held] = await rows(
    em,
    prepared(sql<{ customers: number[]; originals: string[] }>`
    with buyer as materialized (
      select totals.customer_id from (
        select distinct value::integer as customer_id from json_array_elements_text(${JSON.stringify(customers)}::json)
        where value::integer <> ${WALK_IN_CUSTOMER} order by customer_id
      ) asked
      cross join lateral (
        select customer_id from customer_totals where customer_id = asked.customer_id for update ${wait}
      ) totals
    ), account as materialized (
      select buyer.customer_id from buyer
      cross join lateral (select from account_balance where customer_id = buyer.customer_id for update ${wait}) held
    ), original as materialized (
      select keyed.id from (
        select distinct value::uuid as id from json_array_elements_text(${JSON.stringify(originals)}::json) order by id
      ) asked
      cross join lateral (select id from sale_key where id = asked.id for update ${wait}) keyed
    )
    select array(
        select customer_id from buyer
        where customer_id in (select customer_id from account)
          or not exists (select from account_balance where account_balance.customer_id = buyer.customer_id)
      ) as customers,
      array(select id from original) as originals
  `)
  )
  return { customers: new Set(held?.customers), originals: new Set(held?.originals) }
}

export interface Held {
  customers: Set<number>
  originals: Set<string>
}
