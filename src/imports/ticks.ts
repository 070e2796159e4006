import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../lib/paging.ts'

/** A row whose phone or e-mail is a customer's, and whose name is another's. */
export interface Stranger {
  number: number
  /** As the file has it. */
  name: string
  phone: string | null
  email: string | null
  /** By what it was found. */
  foundBy: 'phone' | 'email'
  customerId: number
  customer: string
  /** Stands for the customer's name: a tick counts for this name only. */
  seen: number
  isTicked: boolean
  /** What ticking it does: add to the group, move there from another, or nothing but give new details. */
  ifTicked: 'add' | 'move' | 'already'
  from: string | null
}

/** So many bits of a name say whether it is still the same, and not what it is. */
const NAME_SEEN = sql<number>`hashtext(customer.name)`
const HOLDS = sql<boolean>`coalesce(found.bucket <> 'stranger' and found.name_seen = ${NAME_SEEN}, false)`

/** Those that follow a row of the file, one more than a page has. */
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

/** A tick as a page's box carries it. */
export interface Tick {
  number: number
  seen: number
}

/** Ticks some of the rows that a page shows, and un-ticks the others between its first and its last. */
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

/** All of them, or none. */
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
 * Ticks that were made before hold in `fresh` (see match.ts) as well: for the same customer, under the name that was seen
 * beside the box.
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
