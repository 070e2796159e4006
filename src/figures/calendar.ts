import { type RawBuilder, sql } from 'kysely'
import { dayIn } from '../lib/format.ts'
import type { Retailer } from '../retailer/retailer.ts'

/** The day and zone that days and months are counted in. */
export interface RetailersDay {
  today: string
  timeZone: string
}

export function dayOf({ timeZone }: Retailer, now: Date): RetailersDay {
  return { today: dayIn(timeZone, now), timeZone }
}

/** The first moment of a day where the retailer is. */
export function dayStart(day: RawBuilder<unknown>, timeZone: string) {
  return sql`((${day})::timestamp at time zone ${timeZone})`
}
