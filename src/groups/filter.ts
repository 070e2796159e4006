import { sql } from 'kysely'
import { z } from 'zod'
import { line } from '../lib/fields.ts'
import { describeList } from '../lib/list-description.ts'
import type { SortColumn } from '../lib/paging.ts'
import { describeOrder, SortedFilter } from '../lib/sorted-filter.ts'

/**
 * The number of customers in a group; null for Walk-in, because the walk-in customer is nobody. So the counts in a list
 * of groups add up to the number of all customers (docs/rules.md, 3).
 */
export const COUNTED = sql<
  number | null
>`case when grouped.system is distinct from 'walk-in' then figures.customers end`

/** The columns that the list of groups can be sorted by. The table aliases are those in listGroups(). */
export const COLUMNS = {
  name: { expression: sql`grouped.name`, type: 'text', first: 'asc' },
  kind: { expression: sql`grouped.kind`, type: 'text', first: 'desc' },
  customers: { expression: COUNTED, type: 'integer', first: 'desc', nullable: true },
  average: { expression: sql`figures.average`, type: 'numeric', first: 'desc', nullable: true },
  top: { expression: sql`figures.top_product`, type: 'text', first: 'asc', nullable: true }
} as const satisfies Record<string, SortColumn>

const LIST = describeList({
  fields: { q: line('The search', 200), kind: z.enum(['primary', 'list']).optional().catch(undefined) },
  search: 'q',
  choices: {}
})
const ORDER = describeOrder({ sorts: COLUMNS, usual: 'name' })

/** The filter and order of the list of groups. */
export const groupFilter = (query: Record<string, unknown>) => new SortedFilter(LIST, ORDER, query)
export type GroupFilter = ReturnType<typeof groupFilter>
