import { PERIODS, type Period } from '../../figures/periods.ts'

/** A link to the same list over another time. */
export interface PeriodLink {
  label: string
  href: string
  isCurrent: boolean
}

/** All time (null) and each period; none of them is `current` where days of one's own are. */
export function periodLinks(current: Period | null | undefined, href: (days: string | null) => string): PeriodLink[] {
  return [null, ...PERIODS].map((days) => ({
    label: days === null ? 'All time' : `${days} days`,
    href: href(days && String(days)),
    isCurrent: days === current
  }))
}
