import { z } from 'zod'
import { PERIODS, type Period } from '../../figures/periods.ts'
import { type Order, SORTS } from '../../figures/ranking.ts'
import type { Direction } from '../../lib/paging.ts'
import { withQuery } from '../../lib/url.ts'

type Sort = Order['sort']

const schema = z.object({
  period: z.coerce.number().pipe(z.literal(PERIODS)).optional().catch(undefined),
  sort: z.enum(SORTS).catch('units'),
  dir: z.enum(['asc', 'desc']).optional().catch(undefined),
  after: z.coerce.number().int().min(0).max(10_000_000).catch(0).default(0)
})

/** The way a column is sorted when it is first chosen: figures begin with the largest. */
const first = (sort: Sort): Direction => (sort === 'name' ? 'asc' : 'desc')

/** How a group's ranking is looked at: over which time, sorted by what, from which place on; its URL says the same. */
export class RankingLook {
  readonly groupId: number
  /** Days, or null for all time. */
  readonly days: Period | null
  readonly sort: Sort
  readonly direction: Direction
  readonly after: number

  private constructor(groupId: number, { period, sort, dir, after }: z.output<typeof schema>) {
    this.groupId = groupId
    this.days = period ?? null
    this.sort = sort
    this.direction = dir ?? first(sort)
    this.after = after
  }

  static from(groupId: number, query: Record<string, unknown>): RankingLook {
    return new RankingLook(groupId, schema.parse(query))
  }

  /** The page that begins after so many products; the whole list begins after none. */
  href(after = 0): string {
    return withQuery(this.path, { ...this.params, after: after ? String(after) : null })
  }

  fileHref(): string {
    return withQuery(`${this.path}.csv`, this.params)
  }

  periodHref(days: Period | null): string {
    return withQuery(this.path, { ...this.params, period: days && String(days) })
  }

  /** By the column that it is sorted by already, the other way round. */
  sortHref(sort: Sort): string {
    const turned = this.direction === 'asc' ? 'desc' : 'asc'
    const direction = sort === this.sort ? turned : first(sort)
    return withQuery(this.path, { ...this.params, ...orderParams(sort, direction) })
  }

  private get path(): string {
    return `/groups/${this.groupId}/products`
  }

  private get params(): Record<string, string | null> {
    return { period: this.days && String(this.days), ...orderParams(this.sort, this.direction) }
  }
}

function orderParams(sort: Sort, direction: Direction): Record<string, string | null> {
  return { sort: sort === 'units' ? null : sort, dir: direction === first(sort) ? null : direction }
}
