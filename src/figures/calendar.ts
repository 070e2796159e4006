import { type RawBuilder, sql } from 'kysely'
import { dayIn } from '../lib/format.ts'
import type { Retailer } from '../retailer/retailer.ts'

/** Today's date (YYYY-MM-DD) and the time zone in which days and months are counted. */
export interface RetailersDay {
  today: string
  timeZone: string
}

export function dayOf({ timeZone }: Retailer, now: Date): RetailersDay {
  return { today: dayIn(timeZone, now), timeZone }
}

/** The first moment of a calendar day in the retailer's time zone, as SQL. */
export function dayStart(day: RawBuilder<unknown>, timeZone: string) {
  return sql`((${day})::timestamp at time zone ${timeZone})`
}
