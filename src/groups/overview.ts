import type { FastifyRequest } from 'fastify'
import { type Entry, listTimeline } from '../activity/queries.ts'
import { sentence } from '../activity/sentence.ts'
import { askForOverview, findOverviews, type Overview } from '../figures/overview.ts'
import { findFigures, findLag, type GroupFigures } from '../figures/queries.ts'
import { findOpen, type Operation } from '../operations/operation.ts'
import { type Permission, policyOf } from '../sales/policy.ts'
import { formatOf, retailerOf } from '../web/access.ts'
import { idParams } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { type Drawn, draw } from './overview-view.ts'
import { patiently, SOON, WHILE_LOOKED_AT } from './patience.ts'
import { findGroup } from './queries.ts'

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
    const { em } = request
    const group = await findGroup(em, request.params.id)
    const overview = group.system === 'walk-in' ? null : await overviewOf(request, group.id)
    const [figures, lag, under, timeline] = await Promise.all([
      findFigures(em, group.id),
      findLag(em, group.id),
      findOpen(em, group.id),
      listTimeline(em, { groupId: group.id })
    ])
    const asOf = earlier(lag.spend, lag.products)
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
async function overviewOf(request: FastifyRequest, groupId: number): Promise<Overview | null> {
  const { em, now } = request
  const look = async () => (await findOverviews(em, [groupId], now))[0] ?? null
  const kept = await look()
  if (!kept || kept.isStale) await askForOverview(em, groupId)
  return kept ?? patiently(request, groupId, look)
}

function refreshOf(group: Group, asOf: string | null, overview: Overview | null): { seconds: number } | null {
  if (asOf !== null) return { seconds: SOON }
  if (group.system === 'walk-in') return null
  return { seconds: overview && !overview.isStale ? WHILE_LOOKED_AT : SOON }
}

function earlier(one: string | null, other: string | null): string | null {
  return one && other ? (one < other ? one : other) : (one ?? other)
}
