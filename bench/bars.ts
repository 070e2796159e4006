import type { Measurement } from './case.ts'

/** What a case must reach. `earlier` returns what another case measured in the same run. */
export interface Bar {
  text: string
  isMet(measured: Measurement, earlier: (name: string) => Measurement | undefined): boolean
}

const number = new Intl.NumberFormat('en-US')

/** For a case that is only reported. */
export const reported: Bar = { text: 'reported', isMet: () => true }

export function under(limit: number, unit: Measurement['unit'] = 'ms'): Bar {
  return { text: `under ${number.format(limit)} ${unit}`, isMet: ({ median }) => median < limit }
}

/** For a page that is usually quick and never slow. */
export function underAndWorst(limit: number, worst: number): Bar {
  return {
    text: `under ${limit} ms, p99 under ${worst} ms`,
    isMet: ({ median, p99 }) => median < limit && (p99 ?? median) < worst
  }
}

/** Where 95 of 100 must be quick; they stand in the place of the 99th percentile. */
export function underP95(limit: number): Bar {
  return { text: `p95 under ${limit} ms`, isMet: ({ p99 }) => p99 !== null && p99 < limit }
}

export function overSql(ms: number): Bar {
  return {
    text: `its SQL + ${ms} ms`,
    isMet: ({ median, yardstick }) => yardstick !== null && median <= yardstick + ms
  }
}

export function atLeast(least: number, unit: Measurement['unit']): Bar {
  return { text: `at least ${number.format(least)} ${unit}`, isMet: ({ median }) => median >= least }
}

export function shareOf(share: number, what: string): Bar {
  return {
    text: `${share} of ${what}`,
    isMet: ({ median, yardstick }) => yardstick !== null && median >= share * yardstick
  }
}

export const shareOfBare = (share: number): Bar => shareOf(share, 'bare')

export function timesSql(times: number): Bar {
  return {
    text: `${times} x its SQL`,
    isMet: ({ median, yardstick }) => yardstick !== null && median <= times * yardstick
  }
}

export function within(share: number): Bar {
  return {
    text: `the same within ${share * 100} %`,
    isMet: ({ median, yardstick }) => yardstick !== null && Math.abs(median / yardstick - 1) <= share
  }
}

export function both(one: Bar, other: Bar): Bar {
  return {
    text: `${one.text}, ${other.text}`,
    isMet: (measured, earlier) => one.isMet(measured, earlier) && other.isMet(measured, earlier)
  }
}

/** For a page deep in a list: at most `times` as slow as the first page, or under `limit` ms anyway. */
export function asFirst(times: number, first: string, limit: number): Bar {
  return {
    text: `${times} x first or ${limit} ms`,
    isMet: ({ median }, earlier) => median <= Math.max(limit, times * (earlier(first)?.median ?? 0))
  }
}

/** For the first page after a quiet time, compared with the page that follows it. */
export function asNext(times: number): Bar {
  return {
    text: `${times} x the next`,
    isMet: ({ median, yardstick }) => yardstick !== null && median <= times * yardstick
  }
}

/** For a page that is requested while the server is busy with something else. */
export function timesQuiet(times: number, limit: number): Bar {
  return {
    text: `${times} x quiet or ${limit} ms`,
    isMet: ({ median, yardstick }) => median < limit || (yardstick !== null && median <= times * yardstick)
  }
}
