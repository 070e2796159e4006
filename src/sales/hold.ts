import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Sale } from './sale.ts'

const touchesAccount = ({ tenders }: Sale) => Number(tenders.onAccount) !== 0

/** Of two sales on one account, or two returns of one sale, the second is decided after the first was written. */
export const mustHold = (sale: Sale) => touchesAccount(sale) || sale.returns !== null

/**
 * Holds the accounts of these sales' customers, and the sales of which they bring something back, until em's transaction ends:
 * what is decided about them is so when it is written. Everybody has totals, but an account only after the first entry; so
 * the totals are held first, in the order in which a sale that is written takes both.
 * @param patiently waits for whoever holds them; otherwise what somebody holds is passed over.
 * @returns which customers and sales are held.
 */
export async function holdFor(em: Em, sales: Sale[], patiently: boolean): Promise<Held> {
  const wait = patiently ? sql`` : sql`skip locked`
  const customers = sales.filter(touchesAccount).map(({ customerId }) => customerId)
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

export function isHeld(sale: Sale, { customers, originals }: Held): boolean {
  const { customerId, returns } = sale
  const isAccountHeld = !touchesAccount(sale) || customerId === WALK_IN_CUSTOMER || customers.has(customerId)
  return isAccountHeld && (returns === null || originals.has(returns))
}
