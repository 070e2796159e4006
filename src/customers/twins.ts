import { type RawBuilder, sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Customer } from './customer.ts'
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
  fields: CustomerFields,
  of: { exceptId: number } | { key: string }
): Promise<Twin[]> {
  if (!fields.birthDate && !fields.location) return []
  // Nearly everyone is the only one, and to plan the question below takes longer than to answer this one.
  if (!(await row(em, prepared(sql`select from (${alike(fields)}) found order by id limit 1`)))) return []
  const isOther =
    'key' in of ? sql`not exists (select from form_key where key = ${of.key}::uuid)` : sql`id <> ${of.exceptId}`
  return rows(
    em,
    sql<Twin>`
    select id, name, phone, email, location, has_birth_date as "hasBirthDate", has_location as "hasLocation",
      array(
        select grouped.name from membership join customer_group grouped on grouped.id = membership.group_id
        where customer_id = found.id order by grouped.kind desc, grouped.name
      ) as groups
    from (${alike(fields)}) found where ${isOther} order by id limit ${MOST}
  `
  )
}

function alike({ firstName, lastName, birthDate, location }: CustomerFields): RawBuilder<unknown> {
  return sql`
    select * from (
      select customer.*, coalesce(birth_date = ${birthDate}::date, false) as has_birth_date,
        coalesce(${isSpelled(sql`location`, location)}, false) as has_location
      from customer where ${isSpelled(sql`name`, `${firstName} ${lastName}`.trim())} and id <> ${WALK_IN_CUSTOMER}
      offset 0
    ) spelled where has_birth_date or has_location
  `
}

/**
 * All spellings of a name, in any case and accents, lie beside each other in its index, which is sorted by Unicode's rules: from the
 * plain one up to what U+FFFE ends, which sorts before whatever else may follow.
 */
export function isSpelled(column: RawBuilder<unknown>, text: string | null): RawBuilder<boolean> {
  return sql`(${column} >= search_text(${text}::text) and ${column} < search_text(${text}::text) || U&'\\FFFE')`
}
