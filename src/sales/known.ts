import { sql } from 'kysely'
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
