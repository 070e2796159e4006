/** What a list of customers can be filtered and sorted by. */
import { z } from 'zod'
import { describeList } from '../../lib/list-description.ts'
import type { Currency } from '../../lib/money.ts'
import { placeSchema } from '../../lib/paging.ts'
import { describeOrder, SortedFilter } from '../../lib/sorted-filter.ts'
import { words } from './filter-chips.ts'
import { contradictions, fields, inPlainAmounts } from './filter-fields.ts'
import { Highlighter } from './highlights.ts'
import { looksLikePhone } from './search.ts'
import { SORTS, type SortKey } from './sorts.ts'

const LIST = describeList({
  fields,
  search: 'q',
  choices: {},
  contradictions,
  isAllOrNothing: true,
  words,
  place: placeSchema.extend({ count: z.literal('all').optional().catch(undefined) })
})
const ORDER = describeOrder({ sorts: SORTS, usual: 'name', bestFirst: 'q' })

export class CustomerFilter extends SortedFilter<typeof fields, Record<never, z.ZodType>, SortKey> {
  /** Reads an address; and, where the retailer's place is given, amounts as people type them there. */
  static from(query: Record<string, unknown>, place?: Currency): CustomerFilter {
    return new CustomerFilter(LIST, ORDER, query, place && ((typed) => inPlainAmounts(typed, place)))
  }

  /** Shows where the search has met what it found; null without a search. */
  get marker(): Highlighter | null {
    return this.values.q ? new Highlighter(this.values.q) : null
  }

  /** What a person can do where nobody is found. */
  get advice(): string {
    const { q } = this.values
    if (!q) return 'Remove a filter to see more.'
    const orFilter = this.panelCount ? ' Or remove a filter.' : ''
    if (looksLikePhone(q)) return `Check the number, or type fewer digits.${orFilter}`
    const words = q.includes('@')
      ? 'Check the address, or type less of it.'
      : 'Check the spelling, or type less of the name.'
    return words + orFilter
  }
}
