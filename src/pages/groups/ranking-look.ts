import { z } from 'zod'
import { PERIODS } from '../../figures/periods.ts'
import type { RankingOrder } from '../../figures/ranking.ts'
import { describeList } from '../../lib/list-description.ts'
import type { Direction } from '../../lib/paging.ts'
import { describeOrder, SortedFilter } from '../../lib/sorted-filter.ts'

/** The number of products before the page; undefined for the first page. */
const after = z.coerce.number().int().min(1).max(10_000_000).transform(String).optional().catch(undefined)

const LIST = describeList({
  fields: {},
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

/** The period of a group's ranking (all time if there is none) and the column that sorts it. */
export const rankingLook = (query: Record<string, unknown>) => new SortedFilter(LIST, ORDER, query)
export type RankingLook = ReturnType<typeof rankingLook>
