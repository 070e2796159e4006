const MINUTE_MS = 60 * 1000

/**
 * A figure that somebody looks at is worked out again when it is older than this; one that reads all sales of a year,
 * less often.
 */
const FRESH_MS = 5 * MINUTE_MS
export const LONG_FRESH_MS = 15 * MINUTE_MS

/**
 * How long a count stays valid for each member, in ms: a group of 100,000 is counted at most every 10 seconds, however
 * many customers join or leave it.
 */
const PER_CUSTOMER_MS = 0.1

/**
 * The moment (in ms) from which a count over a group's members is due again: when it is old, or sooner if their number
 * has changed.
 */
export function dueAt(asOf: string, counted: number, customers: number): number {
  const lasts = counted === customers ? FRESH_MS : Math.min(FRESH_MS, Math.floor(customers * PER_CUSTOMER_MS))
  return Date.parse(asOf) + lasts
}

export function isFresh(asOf: string | null, now: Date, freshMs = FRESH_MS): boolean {
  return asOf !== null && new Date(asOf).getTime() >= now.getTime() - freshMs
}
