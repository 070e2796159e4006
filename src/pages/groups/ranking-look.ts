import { z } from 'zod'
import { PERIODS } from '../../figures/periods.ts'
import type { RankingOrder } from '../../figures/ranking.ts'
import { describeList } from '../../lib/list-description.ts'
import type { Direction } from '../../lib/paging.ts'
import { describeOrder, SortedFilter } from '../../lib/sorted-filter.ts'

/** A page begins after so many products, the first of all after none. */
const after = z.coerce.number().int().min(1).max(10_000_000).transform(String).optional().catch(undefined)

const LIST = describeList({
  fields: {},
  choices: { period: z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined) },
  place: z.object({ after })
})
/** Figures begin with the largest. */
const sorts: Record<RankingOrder['sort'], { first: Direction }> = {
  units: { first: 'desc' },
  name: { first: 'asc' },
  revenue: { first: 'desc' },
  buyers: { first: 'desc' },
  lift: { first: 'desc' }
}
const ORDER = describeOrder({ sorts, usual: 'units' })

/** How a group's ranking is looked at: over which time (without a period, all of it), and sorted by what. */
export const rankingLook = (query: Record<string, unknown>) => new SortedFilter(LIST, ORDER, query)
export type RankingLook = ReturnType<typeof rankingLook>
