import { z } from 'zod'
import { PERIODS, type SalesKey } from '../../figures/periods.ts'
import type { RankingOrder } from '../../figures/ranking.ts'
import { Refusal } from '../../lib/errors.ts'
import { id } from '../../lib/fields.ts'
import { describeList } from '../../lib/list-description.ts'
import type { Direction } from '../../lib/paging.ts'
import { describeOrder, SortedFilter } from '../../lib/sorted-filter.ts'
import type { ShopChoice } from '../../tills/choices.ts'

/** The number of products before the page; undefined for the first page. */
const after = z.coerce.number().int().min(1).max(10_000_000).transform(String).optional().catch(undefined)

const LIST = describeList({
  fields: { shop: id.optional().catch(undefined) },
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
 * @throws Refusal with 404 if there is no such shop.
 */
export function shopOf({ values }: RankingLook, shops: ShopChoice[]): ShopChoice | null {
  if (values.shop === undefined) return null
  const shop = shops.find(({ id }) => id === values.shop)
  if (!shop) throw new Refusal(404, 'There is no such shop.')
  return shop
}

/** Which sales it counts. */
export const salesOf = ({ chosen, values }: RankingLook): SalesKey => ({
  days: chosen.period ?? null,
  shopId: values.shop ?? null
})
