import { sql } from 'kysely'
import { z } from 'zod'
import { line } from '../lib/fields.ts'
import { describeList } from '../lib/list-description.ts'
import type { SortColumn } from '../lib/paging.ts'
import { describeOrder, SortedFilter } from '../lib/sorted-filter.ts'

/** Of Walk-in none: the walk-in customer is nobody, so that a list of groups adds up to everyone (docs/rules.md, 3). */
export const COUNTED = sql<
  number | null
>`case when grouped.system is distinct from 'walk-in' then figures.customers end`

/** What the list of groups can be sorted by. The aliases are those of listGroups(). */
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

/** Which groups the list holds, and in which order. */
export const groupFilter = (query: Record<string, unknown>) => new SortedFilter(LIST, ORDER, query)
export type GroupFilter = ReturnType<typeof groupFilter>
