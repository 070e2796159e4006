import { sql } from 'kysely'
import type { SortColumn } from '../web/paging.ts'

/** What lists of customers can be sorted by. The aliases (customer, totals, primary_group) are those of matching.ts. */
export const COLUMNS = {
  name: { expression: sql`customer.name`, type: 'text', first: 'asc' },
  group: { expression: sql`primary_group.name`, type: 'text', first: 'asc' },
  age: { expression: sql`customer.birth_date`, type: 'date', first: 'asc', nullable: true, isInverted: true },
  gender: { expression: sql`customer.gender`, type: 'text', first: 'asc', nullable: true },
  location: { expression: sql`customer.location`, type: 'text', first: 'asc', nullable: true },
  orders: { expression: sql`totals.orders`, type: 'integer', first: 'desc' },
  spent: { expression: sql`totals.spent`, type: 'numeric', first: 'desc' },
  'last-order': { expression: sql`totals.last_order_at`, type: 'timestamptz', first: 'desc', nullable: true }
} as const satisfies Record<string, SortColumn>

export type SortKey = keyof typeof COLUMNS
