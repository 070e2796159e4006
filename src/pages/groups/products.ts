import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { askForBuyers, findBuyersAsOf } from '../../figures/everyone.ts'
import { isFresh, LONG_FRESH_MS } from '../../figures/fresh.ts'
import { askForPeriodRanking, findPeriodRanking, PERIODS, type Period } from '../../figures/periods.ts'
import { findLag } from '../../figures/queries.ts'
import { countRanked, describe, type RankedProduct } from '../../figures/ranking.ts'
import { findPage } from '../../figures/ranking-order.ts'
import type { Group } from '../../groups/group.ts'
import { findCounted } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE, type Range, rangeOf } from '../../lib/paging.ts'
import type { App } from '../../web/validation.ts'
import { signedIn } from '../shared/access.ts'
import { type Heading, titled } from './heading.ts'
import { patiently, type Refresh, SOON, WHILE_LOOKED_AT } from './patience.ts'
import { RankingLook } from './ranking-look.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/products': Heading & {
      group: Group
      tab: 'products'
      members: number
      canAdd: boolean
      periods: readonly Period[]
      look: RankingLook
      /** Null while it is worked out for the first time. */
      ranking: { products: RankedProduct[]; total: number } | null
      /** The moment it was true at, if that is not now. */
      asOf: string | null
      /** As of when all customers' purchases are known, if not of now; null also if they are not. */
      everyoneAsOf: string | null
      /** The address and seconds after which the list is looked at again by itself. */
      refresh: ({ href: string } & Refresh) | null
      previous: string | null
      next: string | null
      range: Range
    }
  }
}

const ranking = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

export async function productRoutes(app: App) {
  app.get('/groups/:id/products', ranking, async (request, reply) => {
    const { em } = request
    const { group, members } = await findCounted(em, request.params.id)
    const look = RankingLook.from(group.id, request.query)
    const state = look.days ? await within(request, group.id, members, look.days) : await allTime(em, group.id)
    const products = state ? await findProducts(em, look) : []
    if (look.after > 0 && !products.length) return reply.redirect(look.href(), 303)
    const last = look.after + products.length
    const beside = {
      previous: look.after > 0 ? look.href(Math.max(0, look.after - PAGE_SIZE)) : null,
      next: state && last < state.total ? look.href(last) : null
    }
    const refresh = state?.isCurrent
      ? null
      : { href: look.href(look.after), seconds: state?.seconds ?? SOON, byHand: state !== null }
    return reply.page(
      'groups/products',
      {
        ...titled(group.name),
        tab: 'products',
        group,
        members,
        canAdd: group.mayTake(signedIn(request)),
        periods: PERIODS,
        look,
        ranking: state && { products, total: state.total },
        asOf: state?.asOf ?? null,
        everyoneAsOf: state?.everyoneAsOf ?? null,
        refresh,
        ...beside,
        range: rangeOf({ rows: products, first: look.after + 1, ...beside }, state?.total ?? 0)
      },
      'groups/_products'
    )
  })
}

async function findProducts(em: Em, { groupId, days, sort, direction, after }: RankingLook): Promise<RankedProduct[]> {
  const ranked = { groupId, days }
  const page = await findPage(em, ranked, { sort, direction }, after, PAGE_SIZE)
  const isByRank = sort === 'units' && direction === 'desc'
  const places = page.map((productId, index) => ({ productId, rank: isByRank ? after + index + 1 : null }))
  return describe(em, ranked, places)
}

/** How a ranking stands: how many products it holds, and how far it is from now. */
interface State {
  total: number
  asOf: string | null
  everyoneAsOf: string | null
  isCurrent: boolean
  seconds: number
}

async function allTime(em: Em, groupId: number): Promise<State> {
  const [total, { products: asOf }] = await Promise.all([
    countRanked(em, { groupId, days: null }),
    findLag(em, groupId)
  ])
  return { total, asOf, everyoneAsOf: null, isCurrent: asOf === null, seconds: SOON }
}

async function within(request: FastifyRequest, groupId: number, members: number, days: Period): Promise<State | null> {
  const { em, now } = request
  const look = () => findPeriodRanking(em, groupId, days, now)
  const kept = await look()
  if (!kept || kept.isStale) await askForPeriodRanking(em, groupId, days)
  const found = kept ?? (await patiently(request, members, look))
  if (!found) return null
  // Only now: the ranking itself comes first.
  const everyoneAsOf = await findBuyersAsOf(em, days)
  if (!isFresh(everyoneAsOf, now, LONG_FRESH_MS)) await askForBuyers(em, days)
  const isFollowed = found.isStale || everyoneAsOf === null
  return { ...found, everyoneAsOf, isCurrent: false, seconds: isFollowed ? SOON : WHILE_LOOKED_AT }
}
