import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { PERIODS, type SalesKey } from '../../figures/periods.ts'
import type { RankingOrder } from '../../figures/ranking.ts'
import { Refusal } from '../../lib/errors.ts'
import { line } from '../../lib/fields.ts'
import { describeList } from '../../lib/list-description.ts'
import type { Direction } from '../../lib/paging.ts'
import { describeOrder, SortedFilter } from '../../lib/sorted-filter.ts'
import { findShopByName, type NamedShop } from '../../tills/choices.ts'

/** The number of products before the page; undefined for the first page. */
const after = z.coerce.number().int().min(1).max(10_000_000).transform(String).optional().catch(undefined)

const LIST = describeList({
  fields: { shop: line('The shop', 80).catch('') },
  choices: { period: z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined) },
  place: z.object({ after })
})
/** Figures are sorted with the largest first. */
const sorts: Record<RankingOrder['sort'], { first: Direction }> = {
  units: { first: 'desc' },
  name: { first: 'asc' },
  revenue: { first: 'desc' },
  buyers: { first: 'desc' },
  lift: { first: 'desc' }
}
const ORDER = describeOrder({ sorts, usual: 'units' })

/** The shop and the period of a group's ranking (all shops and all time if there is none) and the column that sorts it. */
export const rankingLook = (query: Record<string, unknown>) => new SortedFilter(LIST, ORDER, query)
export type RankingLook = ReturnType<typeof rankingLook>

/**
 * The shop whose sales it counts; null for all shops.
 * @throws Refusal with 422 if there is no such shop.
 */
export async function shopOf(em: Em, { values }: RankingLook): Promise<NamedShop | null> {
  if (!values.shop) return null
  const shop = await findShopByName(em, values.shop)
  if (!shop) throw new Refusal(422, `There is no shop called “${values.shop}”.`)
  return shop
}

/** Which sales it counts. */
export const salesOf = ({ chosen }: RankingLook, shop: NamedShop | null): SalesKey => ({
  days: chosen.period ?? null,
  shopId: shop?.id ?? null
})
