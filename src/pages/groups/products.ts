import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { askForBuyers, findBuyersAsOf } from '../../figures/everyone.ts'
import { isFresh, LONG_FRESH_MS } from '../../figures/fresh.ts'
import { askForPeriodRanking, findPeriodRanking, isByJob, type Period, type RankingKey } from '../../figures/periods.ts'
import { findLag } from '../../figures/queries.ts'
import { countRankedProducts, describeProducts, type RankedProduct } from '../../figures/ranking.ts'
import { findRankingPage } from '../../figures/ranking-order.ts'
import type { Group } from '../../groups/group.ts'
import { findGroupWithMemberCount } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'
import { listShopNames, type NamedShop, type ShopNames } from '../../tills/choices.ts'
import type { App } from '../../web/validation.ts'
import { signedIn } from '../shared/access.ts'
import { type PeriodLink, periodLinks } from '../shared/periods.ts'
import { showList } from '../shared/show-list.ts'
import { type Heading, heading } from './heading.ts'
import { type Refresh, SOON, WHILE_LOOKED_AT, waitBriefly } from './patience.ts'
import { type RankingLook, rankingLook, salesOf, shopOf } from './ranking-look.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/products': Heading & {
      group: Group
      tab: 'products'
      members: number
      canAdd: boolean
      path: string
      look: RankingLook
      days: Period | null
      /** Null for all shops. */
      shop: NamedShop | null
      shops: ShopNames
      periods: PeriodLink[]
      /** Null while it is computed for the first time. */
      ranking: { products: RankedProduct[]; total: number } | null
      /** The time when the ranking was right; null if it is right now. */
      asOf: string | null
      /** When the purchases of all customers were counted; null if that is now or never. */
      everyoneAsOf: string | null
      /** The address that the list is reloaded from, and after how many seconds. */
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
    const { group, members } = await findGroupWithMemberCount(em, request.params.id)
    const look = rankingLook(request.query)
    const path = `/groups/${group.id}/products`
    const shop = await shopOf(em, look)
    const ranked = { groupId: group.id, ...salesOf(look, shop) }
    return showList(request, reply, {
      filter: look,
      path,
      find: async () => {
        const state = isByJob(ranked) ? await periodState(request, members, ranked) : await allTimeState(em, group.id)
        return { state, listed: { rows: state ? await findProducts(em, ranked, look) : [] } }
      },
      show: async ({ state, listed }) => {
        const page = {
          group,
          tab: 'products' as const,
          members,
          canAdd: group.mayTake(signedIn(request)),
          path,
          look,
          days: ranked.days,
          shop,
          shops: await listShopNames(em),
          periods: periodLinks(ranked.days, (period) => look.href(path, { period })),
          ...rankingView(look, path, state, listed.rows)
        }
        return reply.page('groups/products', { ...heading(group.name), ...page }, 'groups/_products')
      }
    })
  })
}

/** The number of products on earlier pages. */
const before = ({ place }: RankingLook) => Number(place.after ?? 0)

function rankingView(look: RankingLook, path: string, state: RankingState | null, products: RankedProduct[]) {
  const first = before(look)
  const last = first + products.length
  const after = (count: number) => look.href(path, { after: count > 0 ? String(count) : null })
  const beside = {
    previous: first > 0 ? after(first - PAGE_SIZE) : null,
    next: state && last < state.total ? after(last) : null
  }
  return {
    ranking: state && { products, total: state.total },
    asOf: state?.asOf ?? null,
    everyoneAsOf: state?.everyoneAsOf ?? null,
    refresh: state?.isCurrent
      ? null
      : { href: look.placeHref(path), seconds: state?.seconds ?? SOON, byHand: state !== null },
    ...beside,
    range: rangeOf({ rows: products, first: first + 1, ...beside }, state?.total ?? 0)
  }
}

async function findProducts(em: Em, ranked: RankingKey, look: RankingLook): Promise<RankedProduct[]> {
  const { sort, direction } = look
  const page = await findRankingPage(em, ranked, { sort, direction }, before(look), PAGE_SIZE)
  const isByRank = sort === 'units' && direction === 'desc'
  const places = page.map((productId, index) => ({ productId, rank: isByRank ? before(look) + index + 1 : null }))
  return describeProducts(em, ranked, places)
}

/** The state of a ranking: how many products it has, and how old it is. */
interface RankingState {
  total: number
  asOf: string | null
  everyoneAsOf: string | null
  isCurrent: boolean
  seconds: number
}

async function allTimeState(em: Em, groupId: number): Promise<RankingState> {
  const [total, { products: asOf }] = await Promise.all([countRankedProducts(em, groupId), findLag(em, groupId)])
  return { total, asOf, everyoneAsOf: null, isCurrent: asOf === null, seconds: SOON }
}

async function periodState(request: FastifyRequest, members: number, ranked: RankingKey): Promise<RankingState | null> {
  const { em, now } = request
  const look = () => findPeriodRanking(em, ranked, now)
  const kept = await look()
  if (!kept || kept.isStale) await askForPeriodRanking(em, ranked)
  const found = kept ?? (await waitBriefly(request, members, look))
  if (!found) return null
  // All customers' purchases come last, because the ranking itself is needed first.
  const everyoneAsOf = await findBuyersAsOf(em, ranked)
  if (!isFresh(everyoneAsOf, now, LONG_FRESH_MS)) await askForBuyers(em, ranked)
  const isFollowed = found.isStale || everyoneAsOf === null
  return { ...found, everyoneAsOf, isCurrent: false, seconds: isFollowed ? SOON : WHILE_LOOKED_AT }
}
