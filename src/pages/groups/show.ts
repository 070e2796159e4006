import type { FastifyRequest } from 'fastify'
import { type Entry, timelineOf } from '../../activity/queries.ts'
import { together } from '../../db/rows.ts'
import { askForOverview, findOverviews, type Overview, overviewsOf, toOverview } from '../../figures/overview.ts'
import { figuresOf, type GroupFigures, lagOf, NO_FIGURES } from '../../figures/queries.ts'
import type { Group } from '../../groups/group.ts'
import { groupById, toGroup } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { type OpenOperation, openOperationsIn } from '../../operations/open-operations.ts'
import { type Permission, policyOf } from '../../sales/policy.ts'
import type { App } from '../../web/validation.ts'
import { sentence } from '../activity/sentence.ts'
import { formatOf, retailerOf, signedIn } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'
import { chartsOf, type OverviewCharts } from './overview-view.ts'
import { type Refresh, SOON, waitBriefly } from './patience.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/show': Heading & {
      group: Group
      tab: 'overview'
      figures: GroupFigures
      /** The time since which changes have been waiting to be included in the figures; null if none are. */
      asOf: string | null
      /**
       * Null for Walk-in, and while it is computed for the first time. An overview from when the group was empty is
       * also null once it has members.
       */
      overview: Overview | null
      drawn: OverviewCharts | null
      /** How the page reloads its figures; null if it does not. */
      refresh: Refresh | null
      permissions: Permission[]
      /** The bulk operations that are changing the group at this moment. */
      under: OpenOperation[]
      canAdd: boolean
      timeline: Entry[]
      sentence: typeof sentence
    }
  }
}

const show = { schema: { params: idParams } } as const

export async function overviewRoutes(app: App) {
  app.get('/groups/:id', show, async (request, reply) => {
    const { em, now } = request
    const { id } = request.params
    const found = await together(em, {
      groups: groupById(id),
      figures: figuresOf(id),
      lags: lagOf(id),
      overviews: overviewsOf([id]),
      under: openOperationsIn(id),
      timeline: timelineOf({ groupId: id })
    })
    const group = toGroup(em, found.groups[0])
    const [figures = NO_FIGURES] = found.figures
    const [lag] = found.lags
    const [kept = null] = found.overviews.map((one) => toOverview(one, now))
    const { customers } = figures
    const overview = group.isWalkIn ? null : await findOrAwaitOverview(request, id, customers, kept)
    const { under, timeline } = found
    const asOf = lag ? earlier(lag.spend, lag.products) : null
    return reply.page(
      'groups/show',
      {
        ...heading(group.name),
        group,
        tab: 'overview',
        figures,
        asOf,
        overview,
        drawn: overview && chartsOf(group, customers, overview, formatOf(retailerOf(request))),
        refresh: refreshOf(group, asOf, overview, now),
        permissions: policyOf(group),
        under,
        canAdd: group.mayTake(signedIn(request)),
        timeline,
        sentence
      },
      'groups/_figures'
    )
  })
}

/** The overview of a group. If it is outdated or missing, it is asked for, and a small group's is waited for. */
async function findOrAwaitOverview(
  request: FastifyRequest,
  groupId: number,
  customers: number,
  kept: Overview | null
): Promise<Overview | null> {
  const { em, now } = request
  if (!kept || kept.isStale) await askForOverview(em, groupId)
  const isOfUse = ({ members }: Overview) => members > 0 || customers === 0
  if (kept && isOfUse(kept)) return kept
  return waitBriefly(request, customers, async () => (await findOverviews(em, [groupId], now)).find(isOfUse) ?? null)
}

/**
 * Whether and when the page reloads its figures. Without JavaScript, a page that already has figures is reloaded by
 * hand, so that nothing moves while somebody reads it.
 */
function refreshOf(group: Group, asOf: string | null, overview: Overview | null, now: Date): Refresh | null {
  const isWalkIn = group.isWalkIn
  const byHand = overview !== null || isWalkIn
  if (asOf !== null || !byHand) return { seconds: SOON, byHand }
  return overview && { seconds: Math.max(SOON, Math.ceil((overview.dueAt - now.getTime()) / 1000)), byHand }
}

function earlier(one: string | null, other: string | null): string | null {
  return one && other ? (one < other ? one : other) : (one ?? other)
}
