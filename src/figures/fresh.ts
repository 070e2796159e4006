const MINUTE_MS = 60 * 1000

/** What is looked at is worked out again when it is older than this, and what looks at every sale of a year less often. */
export const FRESH_MS = 5 * MINUTE_MS
export const LONG_FRESH_MS = 15 * MINUTE_MS

export function isFresh(asOf: string | null, now: Date, freshMs = FRESH_MS): boolean {
  return asOf !== null && new Date(asOf).getTime() >= now.getTime() - freshMs
}
