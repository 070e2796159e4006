/** How a list is looked at that people sort by its columns. */
import { z } from 'zod'
import type { ListDescription } from './list-description.ts'
import { ListFilter, type Understood } from './list-filter.ts'
import type { Direction } from './paging.ts'

interface Order<Sort extends string> {
  /** Which way each column is sorted when it is first chosen. */
  sorts: Record<Sort, { first: Direction }>
  /** The column that a list is sorted by where nobody chose one. */
  usual: NoInfer<Sort>
  /** The field whose search brings its best matches first, until somebody chooses a column. */
  bestFirst?: string
}

export function describeOrder<Sort extends string>(order: Order<Sort>) {
  const keys = Object.keys(order.sorts) as [Sort, ...Sort[]]
  const schema = z.object({
    sort: z.enum(keys).optional().catch(undefined),
    dir: z.enum(['asc', 'desc']).optional().catch(undefined)
  })
  return { ...order, schema }
}

type OrderDescription<Sort extends string> = ReturnType<typeof describeOrder<Sort>>

export class SortedFilter<
  Fields extends z.ZodRawShape,
  Choices extends z.ZodRawShape,
  Sort extends string
> extends ListFilter<Fields, Choices> {
  readonly sort: Sort
  readonly direction: Direction
  /** The best matches of the search come first, as nobody chose a column to sort by. */
  readonly isBestFirst: boolean
  readonly #order: OrderDescription<Sort>

  constructor(
    list: ListDescription<Fields, Choices>,
    order: OrderDescription<Sort>,
    query: Record<string, unknown>,
    understood?: Understood
  ) {
    super(list, query, understood)
    const { sort, dir } = order.schema.parse(query)
    this.#order = order
    this.sort = sort ?? order.usual
    this.direction = dir ?? order.sorts[this.sort].first
    this.isBestFirst = this.#hasBest && sort === undefined && dir !== 'desc'
  }

  /** The order too, where somebody chose it. */
  override get look(): Record<string, string> {
    const isUsual = this.sort === this.#order.usual && (this.isBestFirst || !this.#hasBest)
    return {
      ...super.look,
      ...(!isUsual && { sort: this.sort }),
      ...(this.direction !== this.#order.sorts[this.sort].first && { dir: this.direction })
    }
  }

  /** The address of the list sorted by a column; the other way round if it is sorted by that column now. */
  sortHref(path: string, key: Sort): string {
    const { first } = this.#order.sorts[key]
    const turned = this.direction === 'asc' ? 'desc' : 'asc'
    const direction = this.sortState(key) === 'none' ? first : turned
    const isUsual = key === this.#order.usual && !this.#hasBest
    return this.href(path, { sort: isUsual ? null : key, dir: direction === first ? null : direction })
  }

  /** How the list is sorted by a column, as `aria-sort` says it. */
  sortState(key: Sort): 'ascending' | 'descending' | 'none' {
    if (this.isBestFirst || key !== this.sort) return 'none'
    return this.direction === 'asc' ? 'ascending' : 'descending'
  }

  get #hasBest(): boolean {
    const { bestFirst } = this.#order
    return bestFirst !== undefined && this.params[bestFirst] !== undefined
  }
}
