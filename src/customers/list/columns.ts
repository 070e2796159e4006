import { type RawBuilder, sql } from 'kysely'
import type { SortColumn } from '../../lib/paging.ts'

/** Where a condition looks, or a sort's index stands; each with the name that its customer's id has there. */
export const IDS = {
  customer: sql<number>`customer.id`,
  totals: sql<number>`totals.customer_id`,
  group: sql<number>`primary_membership.customer_id`
} as const satisfies Record<string, RawBuilder<number>>

interface CustomerColumn extends SortColumn {
  /** The bound of a page must be on the very table whose index is walked, or all of it is read. */
  table: keyof typeof IDS
}

/** What lists of customers can be sorted by. */
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

/** As a cursor carries it: text that is cast back without losing anything, microseconds included. */
export function sortValue(sort: SortKey) {
  const { expression, type } = COLUMNS[sort]
  return type === 'timestamptz'
    ? sql`to_char(${expression} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`
    : sql`(${expression})::text`
}
