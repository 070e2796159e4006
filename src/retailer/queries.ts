import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row } from '../db/rows.ts'
import type { Retailer } from './retailer.ts'

/** By hand, as every request asks it and an entity takes the ORM a millisecond (bench: `overview` and every other page). */
export const RETAILER = sql<Retailer>`
  select id, name, country, time_zone as "timeZone", currency, locale, is_demo as "isDemo", version from retailer
`

export async function findRetailer(em: Em): Promise<Retailer | null> {
  return (await row(em, prepared(RETAILER))) ?? null
}

/** Once something is sold, what it cost is in this currency for good (docs/rules.md, 21). */
export async function hasSale(em: Em): Promise<boolean> {
  return (await row(em, sql`select 1 from sale limit 1`)) !== undefined
}

/** The database counts days too, and may have an older list of time zones than ours. */
export async function knowsTimeZone(em: Em, name: string): Promise<boolean> {
  return (await row(em, sql`select 1 from pg_timezone_names where name = ${name}`)) !== undefined
}
