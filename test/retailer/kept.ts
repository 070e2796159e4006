import { sql } from 'kysely'
import { row } from '../../src/db/rows.ts'
import type { Shop } from '../helper.ts'

/** The retailer of every test, as a form sends it. */
export const KEPT = {
  name: 'Corner Shop',
  country: 'US',
  timeZone: 'America/New_York',
  currency: 'USD',
  locale: 'en-US',
  version: 1
}

export function kept({ em }: Pick<Shop, 'em'>) {
  return row(
    em,
    sql<Record<string, unknown>>`
    select name, country, time_zone as "timeZone", currency, locale, version from retailer
  `
  )
}

/** What a page's selects hold. */
export const selected = (html: string) =>
  [...html.matchAll(/<option value="([^"]*)"[^>]* selected>/g)].map(([, value]) => value)
