/** The retailer's books cover three years. Seconds and days are counted from their first day. */
export const DAYS = 3 * 365
export const DAY = 24 * 60 * 60

/** These times are in UTC, in seconds after midnight. In New York it is morning then. */
const OFFICE_OPENS = 12 * 60 * 60
const SHOP_OPENS = 13 * 60 * 60
const OPEN_FOR = 11 * 60 * 60

/** A second of that day before any of its sales. */
export function inTheMorning(day: number): number {
  return day * DAY + OFFICE_OPENS
}

/** A second within shop hours. Averaging two random numbers makes the middle of the day the busiest time. */
export function inShopHours(day: number, chance: number, other: number): number {
  return day * DAY + SHOP_OPENS + Math.floor(((chance + other) / 2) * OPEN_FOR)
}

export interface Calendar {
  /** The moment of a second, as PostgreSQL reads it. */
  moment(second: number): string
  /** A day as YYYY-MM-DD. */
  day(day: number): string
}

/** Makes a calendar in which day 0 is DAYS before `today`, so that yesterday is the last day with sales. */
export function calendarTo(today: string): Calendar {
  const start = Date.parse(`${today}T00:00:00Z`) - DAYS * DAY * 1000
  return {
    moment: (second) => new Date(start + second * 1000).toISOString(),
    day: (day) => new Date(start + day * DAY * 1000).toISOString().slice(0, 10)
  }
}
