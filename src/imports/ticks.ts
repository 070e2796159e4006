import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../lib/paging.ts'

/** A row that has a customer's phone or e-mail but another person's name. */
export interface Stranger {
  number: number
  /** The name that the file has. */
  name: string
  phone: string | null
  email: string | null
  /** The contact by which the customer was found. */
  foundBy: 'phone' | 'email'
  customerId: number
  customer: string
  /** A hash of the customer's name. A tick counts only as long as the customer has this name. */
  seen: number
  isTicked: boolean
  /**
   * What a tick does: it adds the customer to the group, moves them there from another group, or only gives them new
   * details.
   */
  ifTicked: 'add' | 'move' | 'already'
  from: string | null
}

/** A short hash of the customer's name. It tells whether the name is unchanged without revealing it. */
const NAME_SEEN = sql<number>`hashtext(customer.name)`
const HOLDS = sql<boolean>`coalesce(found.bucket <> 'stranger' and found.name_seen = ${NAME_SEEN}, false)`

/** Lists the strangers after a row of the file. It returns one row more than a page shows. */
export async function listStrangers(em: Em, importId: number, after: number): Promise<Stranger[]> {
  return rows(
    em,
    sql<Stranger>`
    select number, btrim(coalesce(entered.first_name, '') || ' ' || coalesce(entered.last_name, '')) as name,
      entered.phone, entered.email, case when customer.phone = entered.phone then 'phone' else 'email' end as "foundBy",
      customer.id as "customerId", customer.name as customer, ${NAME_SEEN} as seen, ${HOLDS} as "isTicked",
      if_ticked as "ifTicked", former.name as from
    from (
      select * from import_match where import_id = ${importId} and if_ticked is not null and number > ${after}
      order by number limit ${PAGE_SIZE + 1}
    ) found
    join import_row entered using (import_id, number)
    join customer on customer.id = found.customer_id
    left join customer_group former on former.id = found.from_group_id
    order by number
  `
  )
}

/** A tick as a box on the page sends it. */
export interface Tick {
  number: number
  seen: number
}

/** Ticks rows that a page shows, and unticks the page's other rows: those between its first and its last. */
export async function tickRows(em: Em, importId: number, shown: { from: number; to: number }, ticks: Tick[]) {
  const [numbers, seen] = [ticks.map(({ number }) => number), ticks.map(({ seen }) => seen)]
  await rows(
    em,
    sql`
    update import_match found
    set bucket = case when tick.number is null then 'stranger' else found.if_ticked end, name_seen = tick.seen
    from import_match here
    left join unnest(${numbers}::int[], ${seen}::int[]) tick (number, seen) on tick.number = here.number
    where here.import_id = ${importId} and here.if_ticked is not null and here.number between ${shown.from} and ${shown.to}
      and found.import_id = here.import_id and found.number = here.number
  `
  )
}

/** Ticks all strangers, or none. */
export async function tickAll(em: Em, importId: number, isTicked: boolean): Promise<void> {
  await rows(
    em,
    sql`
    update import_match found
    set bucket = case when ${isTicked} then if_ticked else 'stranger' end, name_seen = case when ${isTicked} then ${NAME_SEEN} end
    from customer where found.import_id = ${importId} and if_ticked is not null and customer.id = found.customer_id
  `
  )
}

/**
 * Applies the stored ticks to `fresh` (see match.ts), for rows that still match the same customer under the name that
 * was shown beside the box.
 */
export async function applyTicks(em: Em, importId: number): Promise<void> {
  await rows(
    em,
    sql`
    update fresh set bucket = fresh.if_ticked, name_seen = found.name_seen
    from import_match found join customer on customer.id = found.customer_id
    where found.import_id = ${sql.lit(importId)} and found.if_ticked is not null and ${HOLDS}
      and fresh.number = found.number and fresh.bucket = 'stranger' and fresh.customer_id = found.customer_id
  `
  )
}
