import { PERIODS, type Period } from '../../figures/periods.ts'

/** A link to the same list over another period. */
export interface PeriodLink {
  label: string
  href: string
  isCurrent: boolean
}

/**
 * Links to all time (null) and to each period. If the user has typed days, `current` is undefined and no link is the
 * current one.
 */
export function periodLinks(current: Period | null | undefined, href: (days: string | null) => string): PeriodLink[] {
  return [null, ...PERIODS].map((days) => ({
    label: days === null ? 'All time' : `${days} days`,
    href: href(days && String(days)),
    isCurrent: days === current
  }))
}
