import { setTimeout as sleep } from 'node:timers/promises'
import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { askForPeriodRanking, findPeriodRanking, PERIODS, type Period, type PeriodRanking } from '../figures/periods.ts'
import { findLag, type Ranking, rankProducts } from '../figures/queries.ts'
import { idParams } from '../web/fields.ts'
import { PAGE_SIZE } from '../web/paging.ts'
import { withQuery } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { findGroup } from './queries.ts'

declare module '../web/view.ts' {
  interface Views {
    'groups/products': Heading & {
      group: Group
      tab: 'products'
      periods: readonly Period[]
      /** Days, or null for all time. */
      period: Period | null
      /** Null while it is worked out for the first time. */
      ranking: Ranking | null
      after: number
      /** The moment it was true at, if that is not now. */
      asOf: string | null
      /** The address and seconds after which the list is looked at again by itself. */
      refresh: { href: string; seconds: number } | null
      previous: string | null
      next: string | null
    }
  }
}

const rank = z.coerce.number().int().min(0).max(10_000_000).catch(0).default(0)
const period = z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined)
const ranking = { schema: { params: idParams, querystring: z.object({ after: rank, period }) } } as const

/** How long a first look waits for a ranking that is quickly worked out, before it says that it is being worked out. */
const PATIENCE_MS = 400
const LOOK_EVERY_MS = 40

const SOON = 2
const WHILE_LOOKED_AT = 300

export async function productRoutes(app: App) {
  app.get('/groups/:id/products', ranking, async (request, reply) => {
    const { em, now } = request
    const { after, period = null } = request.query
    const group = await findGroup(em, request.params.id)
    const found = period ? await within(em, group.id, period, after, now) : await allTime(em, group.id, after)
    const href = (rank: number) =>
      withQuery(`/groups/${group.id}/products`, { period: period?.toString(), after: rank ? String(rank) : null })
    if (after > 0 && !found?.products.length) return reply.redirect(href(0), 303)
    const last = after + (found?.products.length ?? 0)
    const seconds = period && found && !found.isStale ? WHILE_LOOKED_AT : SOON
    const isCurrent = found?.asOf === null
    return reply.page(
      'groups/products',
      {
        ...titled(group.name),
        tab: 'products',
        group,
        periods: PERIODS,
        period,
        ranking: found,
        after,
        asOf: found?.asOf ?? null,
        refresh: isCurrent ? null : { href: href(after), seconds },
        previous: after > 0 ? href(Math.max(0, after - PAGE_SIZE)) : null,
        next: found && last < found.total ? href(last) : null
      },
      'groups/_products'
    )
  })
}

interface Found extends Ranking {
  asOf: string | null
  isStale: boolean
}

async function allTime(em: Em, groupId: number, after: number): Promise<Found> {
  const [ranking, { products: waitingSince }] = await Promise.all([
    rankProducts(em, groupId, after),
    findLag(em, groupId)
  ])
  return { ...ranking, asOf: waitingSince, isStale: waitingSince !== null }
}

async function within(em: Em, groupId: number, days: Period, after: number, now: Date): Promise<PeriodRanking | null> {
  const look = () => findPeriodRanking(em, groupId, days, after, now)
  let found = await look()
  if (!found || found.isStale) await askForPeriodRanking(em, groupId, days)
  for (let waited = 0; !found && waited < PATIENCE_MS; waited += LOOK_EVERY_MS) {
    await sleep(LOOK_EVERY_MS)
    found = await look()
  }
  return found
}
