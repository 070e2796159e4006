import { wholePlace } from '../../customers/locations.ts'
import type { Overview, RECENCY } from '../../figures/overview.ts'
import type { Group } from '../../groups/group.ts'
import { type Chart, chartOf } from '../../lib/chart.ts'
import type { Format } from '../../lib/format.ts'
import { withQuery } from '../../lib/url.ts'

export interface Bar {
  label: string
  members: number
  /** The address of a list of these members; null if no filter finds them. */
  href: string | null
}

/** The charts of an overview. */
export interface OverviewCharts {
  members: Chart
  spend: Chart
  recency: Bar[]
  locations: Bar[]
  /** Whether the group has no members and never had any. */
  isEmpty: boolean
  /** The number of members when the overview was counted; null if it is still the same. */
  membersThen: number | null
  /** Whether it is not yet recorded who was a member 30 days ago. */
  isYoung: boolean
}

const DAY_MS = 24 * 60 * 60 * 1000

export function chartsOf(group: Group, customers: number, overview: Overview, f: Format): OverviewCharts {
  const months = overview.history.map(({ month }) => ({ short: f.monthName(month), name: f.month(month) }))
  const counts = overview.history.map(({ members }) => members)
  const sums = (of: 'group' | 'everyone', name: string) => ({
    name,
    values: overview.spend.map((month) => (month[of] === null ? null : Number(month[of]))),
    texts: overview.spend.map((month) => f.money(month[of]))
  })
  return {
    members: chartOf(months, [{ name: 'Members', values: counts, texts: counts.map(f.number) }], {
      least: 2,
      tick: f.shortNumber
    }),
    spend: chartOf(months, [sums('group', 'Today’s members'), sums('everyone', 'All customers')], {
      least: 1,
      tick: f.shortMoney
    }),
    recency: overview.recency.map(({ key, members }) => ({
      members,
      ...RECENT[key],
      href: list(group, RECENT[key].filter)
    })),
    locations: locations(group, overview),
    isYoung: Date.parse(overview.asOf) - Date.parse(overview.lostSince) < 29 * DAY_MS,
    isEmpty: customers === 0 && counts.every((count) => count === 0),
    membersThen: overview.members === customers ? null : overview.members
  }
}

type Key = (typeof RECENCY)[number]['key']

/** The labels, and the filters of Customer List that find the same customers. */
const RECENT: Record<Key, { label: string; filter: Record<string, string> }> = {
  '30': { label: '0–30 days ago', filter: { 'ordered-within': '30' } },
  '90': { label: '31–90 days', filter: { 'ordered-within': '90', 'not-ordered-within': '30' } },
  '180': { label: '91–180 days', filter: { 'ordered-within': '180', 'not-ordered-within': '90' } },
  '365': { label: '181–365 days', filter: { 'ordered-within': '365', 'not-ordered-within': '180' } },
  older: { label: 'Over 365 days', filter: { 'not-ordered-within': '365', 'orders-from': '1' } },
  never: { label: 'Never', filter: { 'orders-to': '0' } }
}

function locations(group: Group, { locations, elsewhere, nowhere }: Overview): Bar[] {
  const rest = [
    { label: 'Elsewhere', members: elsewhere, href: null },
    { label: 'Unknown', members: nowhere, href: null }
  ]
  return [
    ...locations.map(({ name, members }) => ({
      label: name,
      members,
      href: list(group, { location: wholePlace(name) })
    })),
    ...rest.filter(({ members }) => members > 0)
  ]
}

function list({ id }: Group, filter: Record<string, string>): string {
  return withQuery(`/groups/${id}/customers`, filter)
}
