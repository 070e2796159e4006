/** The retailer's books go back three years; seconds and days are counted from their first day. */
export const DAYS = 3 * 365
export const DAY = 24 * 60 * 60

/** UTC. In New York it is morning. */
const OFFICE_OPENS = 12 * 60 * 60
const SHOP_OPENS = 13 * 60 * 60
const OPEN_FOR = 11 * 60 * 60

/** Before any sale of that day. */
export function inTheMorning(day: number): number {
  return day * DAY + OFFICE_OPENS
}

/** A second of the shop's hours; two chances together make the middle of the day the busiest. */
export function inShopHours(day: number, chance: number, other: number): number {
  return day * DAY + SHOP_OPENS + Math.floor(((chance + other) / 2) * OPEN_FOR)
}

export interface Calendar {
  /** A second as PostgreSQL reads it. */
  moment(second: number): string
  /** YYYY-MM-DD. */
  day(day: number): string
}

/** Day 0 is DAYS before today, so that the last day with sales is yesterday. */
export function calendarTo(today: string): Calendar {
  const start = Date.parse(`${today}T00:00:00Z`) - DAYS * DAY * 1000
  return {
    moment: (second) => new Date(start + second * 1000).toISOString(),
    day: (day) => new Date(start + day * DAY * 1000).toISOString().slice(0, 10)
  }
}
