const MINUTE_MS = 60 * 1000

/** What is looked at is worked out again when it is older than this, and what looks at every sale of a year less often. */
const FRESH_MS = 5 * MINUTE_MS
export const LONG_FRESH_MS = 15 * MINUTE_MS

/** In ms. A large group is not counted anew for each customer who comes or goes: 100,000 at most every 10 seconds. */
const PER_CUSTOMER_MS = 0.1

/** When what was counted over a group's customers is to be counted anew: once it is old, or sooner if they are more or fewer. */
export function dueAt(asOf: string, counted: number, customers: number): number {
  const lasts = counted === customers ? FRESH_MS : Math.min(FRESH_MS, Math.floor(customers * PER_CUSTOMER_MS))
  return Date.parse(asOf) + lasts
}

export function isFresh(asOf: string | null, now: Date, freshMs = FRESH_MS): boolean {
  return asOf !== null && new Date(asOf).getTime() >= now.getTime() - freshMs
}
