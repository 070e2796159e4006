import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { preparedRows } from '../db/rows.ts'
import { type Customer, WALK_IN_CUSTOMER } from './customer.ts'
import type { CustomerFields } from './details.ts'

/** Somebody with the same name, and the same birth date or city. */
export interface Twin {
  id: number
  name: string
  phone: string | null
  email: string | null
  location: string | null
  /** The primary one first. */
  groups: string[]
  hasBirthDate: boolean
  hasLocation: boolean
}

const MOST = 6

/** Whether an edit changed what tells people apart. */
export function isRenamed(kept: Customer, { firstName, lastName, birthDate, location }: CustomerFields): boolean {
  return (
    kept.firstName !== firstName ||
    kept.lastName !== lastName ||
    (kept.birthDate ?? null) !== birthDate ||
    (kept.location ?? null) !== location
  )
}

/**
 * Who has the same name and the same birth date or city, in any case and accents. A form whose key is spent has made its customer:
 * that is no twin. "offset 0" keeps the planner from going through all customers by id until it has met enough.
 */
export async function findTwins(
  em: Em,
  { firstName, lastName, birthDate, location }: CustomerFields,
  of: { exceptId: number } | { key: string }
): Promise<Twin[]> {
  if (!birthDate && !location) return []
  const isOther =
    'key' in of ? sql`not exists (select from form_key where key = ${of.key}::uuid)` : sql`id <> ${of.exceptId}`
  return preparedRows(
    em,
    sql<Twin>`
    select id, name, phone, email, location, has_birth_date as "hasBirthDate", has_location as "hasLocation",
      array(
        select grouped.name from membership join customer_group grouped on grouped.id = membership.group_id
        where customer_id = found.id order by grouped.kind desc, grouped.name
      ) as groups
    from (
      select customer.*, coalesce(birth_date = ${birthDate}::date, false) as has_birth_date,
        coalesce(${isSpelled(sql`location`, location)}, false) as has_location
      from customer where ${isSpelled(sql`name`, `${firstName} ${lastName}`.trim())} and id <> ${WALK_IN_CUSTOMER} and ${isOther}
    offset 0) found
    where has_birth_date or has_location order by id limit ${MOST}
  `
  )
}

/**
 * All spellings of a name, in any case and accents, lie beside each other in its index, which is sorted by Unicode's rules: from the
 * plain one up to what U+FFFE ends, which sorts before whatever else may follow.
 */
export function isSpelled(column: RawBuilder<unknown>, text: string | null): RawBuilder<boolean> {
  return sql`(${column} >= search_text(${text}::text) and ${column} < search_text(${text}::text) || U&'\\FFFE')`
}
