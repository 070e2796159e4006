import type { FastifyRequest } from 'fastify'
import { type Entry, timelineOf } from '../activity/queries.ts'
import { sentence } from '../activity/sentence.ts'
import { together } from '../db/rows.ts'
import { askForOverview, findOverviews, type Overview, overviewsOf, toOverview } from '../figures/overview.ts'
import { figuresOf, type GroupFigures, lagOf, NO_FIGURES } from '../figures/queries.ts'
import { type Operation, openIn } from '../operations/operation.ts'
import { type Permission, policyOf } from '../sales/policy.ts'
import { formatOf, retailerOf } from '../web/access.ts'
import { idParams } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { type Drawn, draw } from './overview-view.ts'
import { patiently, SOON, WHILE_LOOKED_AT } from './patience.ts'
import { groupById, toGroup } from './queries.ts'

declare module '../web/view.ts' {
  interface Views {
    'groups/show': Heading & {
      group: Group
      tab: 'overview'
      figures: GroupFigures
      /** Since when changes wait to be taken into the figures; null if none do. */
      asOf: string | null
      /** Null while it is worked out for the first time, and for Walk-in. */
      overview: Overview | null
      drawn: Drawn | null
      /** After how many seconds the figures are looked at again by themselves. */
      refresh: { seconds: number } | null
      policy: Permission[]
      /** Bulk operations that are changing it at this moment. */
      under: Operation[]
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
      under: openIn(id),
      timeline: timelineOf({ groupId: id })
    })
    const group = toGroup(em, found.groups[0])
    const [figures = NO_FIGURES] = found.figures
    const [lag] = found.lags
    const [kept = null] = found.overviews.map((one) => toOverview(one, now))
    const overview = group.system === 'walk-in' ? null : await keptOrAwaited(request, id, kept)
    const { under, timeline } = found
    const asOf = lag ? earlier(lag.spend, lag.products) : null
    return reply.page(
      'groups/show',
      {
        ...titled(group.name),
        group,
        tab: 'overview',
        figures,
        asOf,
        overview,
        drawn: overview && draw(group, overview, formatOf(retailerOf(request))),
        refresh: refreshOf(group, asOf, overview),
        policy: policyOf(group),
        under,
        timeline,
        sentence
      },
      'groups/_figures'
    )
  })
}

/** As it is known; what is not, or is old, is asked for. */
async function keptOrAwaited(
  request: FastifyRequest,
  groupId: number,
  kept: Overview | null
): Promise<Overview | null> {
  const { em, now } = request
  if (!kept || kept.isStale) await askForOverview(em, groupId)
  return kept ?? patiently(request, groupId, async () => (await findOverviews(em, [groupId], now))[0] ?? null)
}

function refreshOf(group: Group, asOf: string | null, overview: Overview | null): { seconds: number } | null {
  if (asOf !== null) return { seconds: SOON }
  if (group.system === 'walk-in') return null
  return { seconds: overview && !overview.isStale ? WHILE_LOOKED_AT : SOON }
}

function earlier(one: string | null, other: string | null): string | null {
  return one && other ? (one < other ? one : other) : (one ?? other)
}
