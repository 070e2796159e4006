/** The columns that lists of customers can be sorted by, and what a page is found again by. */
import { type RawBuilder, sql } from 'kysely'
import type { SortColumn } from '../../lib/paging.ts'

/** The tables that hold what conditions ask for and lists are sorted by; each with the name of the customer's id in it. */
export const IDS = {
  customer: sql<number>`customer.id`,
  totals: sql<number>`totals.customer_id`,
  group: sql<number>`primary_membership.customer_id`
} as const satisfies Record<string, RawBuilder<number>>

interface CustomerColumn extends SortColumn {
  /** The table whose index is scanned. A page begins at an id of this very table: at another's, the whole index would be read. */
  table: keyof typeof IDS
}

export const COLUMNS = {
  name: { table: 'customer', expression: sql`customer.name`, type: 'text', first: 'asc' },
  group: { table: 'group', expression: sql`primary_group.name`, type: 'text', first: 'asc' },
  age: {
    table: 'customer',
    expression: sql`customer.birth_date`,
    type: 'date',
    first: 'asc',
    nullable: true,
    isInverted: true
  },
  gender: { table: 'customer', expression: sql`customer.gender`, type: 'text', first: 'asc', nullable: true },
  location: { table: 'customer', expression: sql`customer.location`, type: 'text', first: 'asc', nullable: true },
  orders: { table: 'totals', expression: sql`totals.orders`, type: 'integer', first: 'desc' },
  spent: { table: 'totals', expression: sql`totals.spent`, type: 'numeric', first: 'desc' },
  'last-order': {
    table: 'totals',
    expression: sql`totals.last_order_at`,
    type: 'timestamptz',
    first: 'desc',
    nullable: true
  }
} as const satisfies Record<string, CustomerColumn>

export type SortKey = keyof typeof COLUMNS

/** What a page of a list is continued by: the last customer on it, and the value that the list is sorted by. */
export interface RowKey {
  id: number
  sortValue: string | null
}

/** The value that a list is sorted by as its cursor carries it: text that is cast back without loss, microseconds included. */
export function sortValue(sort: SortKey) {
  const { expression, type } = COLUMNS[sort]
  return type === 'timestamptz'
    ? sql`to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : sql`(${expression})::text`
}
