/**
 * The columns of the customer list, in the order that files have them, after the fields of a customer (../fields.ts). Heads, cells,
 * sorts and files are made from these entries; which of them a page shows, and in which order, is up to the page.
 */
import { sql } from 'kysely'
import type { Decimal } from '../../lib/format.ts'
import { ageOn } from '../ages.ts'
import { GENDER_NAMES, type Gender } from '../gender.ts'
import { type CustomerColumn, inFile, inList } from './column.ts'

export const COLUMNS = {
  name: {
    list: inList({
      label: 'Name',
      select: () =>
        sql<{
          name: string
          company: string | null
          email: string | null
        }>`customer.name, customer.company, customer.email`,
      cell: { as: 'name' }
    }),
    sort: { table: 'customer', expression: sql`customer.name`, type: 'text', first: 'asc' }
  },
  phone: {
    list: inList({
      label: 'Phone',
      select: () => sql<{ phone: string | null }>`customer.phone`,
      cell: { as: 'phone' }
    })
  },
  age: {
    list: inList({
      label: 'Age',
      isNumeric: true,
      select: ({ today }) => sql<{ age: number | null }>`${ageOn(today)} as age`,
      cell: { as: 'text', of: ({ age }) => age }
    }),
    sort: {
      table: 'customer',
      expression: sql`customer.birth_date`,
      type: 'date',
      first: 'asc',
      nullable: true,
      isInverted: true
    }
  },
  gender: {
    list: inList({
      label: 'Gender',
      select: () => sql<{ gender: Gender | null }>`customer.gender`,
      cell: { as: 'text', of: ({ gender }) => gender && GENDER_NAMES[gender] }
    }),
    sort: { table: 'customer', expression: sql`customer.gender`, type: 'text', first: 'asc', nullable: true }
  },
  location: {
    list: inList({
      label: 'Location',
      select: () => sql<{ location: string | null }>`customer.location`,
      cell: { as: 'text', of: ({ location }) => location }
    }),
    sort: { table: 'customer', expression: sql`customer.location`, type: 'text', first: 'asc', nullable: true }
  },
  group: {
    list: inList({
      label: 'Primary group',
      card: 'Group',
      select: () => sql<{ groupId: number; group: string }>`primary_group.id as "groupId", primary_group.name as group`,
      cell: { as: 'text', of: ({ group }) => group }
    }),
    sort: { table: 'group', expression: sql`primary_group.name`, type: 'text', first: 'asc' },
    file: inFile({
      select: () => sql<{ groupId: number }>`primary_membership.group_id as "groupId"`,
      columns: [{ label: 'Primary Group', width: 18, type: 'text', value: ({ groupId }, groups) => groups.of(groupId) }]
    })
  },
  lists: {
    file: inFile({
      select: () => sql<{ listIds: number[] }>`
        array(select group_id from list_membership where customer_id = placed.id) as "listIds"
      `,
      columns: [{ label: 'Lists', width: 24, type: 'text', value: ({ listIds }, groups) => groups.all(listIds) }]
    })
  },
  orders: {
    list: inList({
      label: 'Total orders',
      isNumeric: true,
      select: () => sql<{ orders: number }>`totals.orders`,
      cell: { as: 'number', of: ({ orders }) => orders }
    }),
    sort: { table: 'totals', expression: sql`totals.orders`, type: 'integer', first: 'desc' },
    file: inFile({
      select: () => sql<{ orders: number }>`totals.orders`,
      columns: [{ label: 'Total Orders', width: 12, type: 'number', value: ({ orders }) => orders }]
    })
  },
  spent: {
    list: inList({
      label: 'Total spent',
      isNumeric: true,
      select: () => sql<{ spent: Decimal }>`totals.spent`,
      cell: { as: 'money', of: ({ spent }) => spent }
    }),
    sort: { table: 'totals', expression: sql`totals.spent`, type: 'numeric', first: 'desc' },
    file: inFile({
      select: () => sql<{ spent: Decimal }>`totals.spent`,
      columns: [{ label: 'Total Spent', width: 12, type: 'number', value: ({ spent }) => Number(spent) }]
    })
  },
  'last-order': {
    list: inList({
      label: 'Last order',
      card: 'Ordered',
      select: ({ today, timeZone }) => sql<{ lastOrderAt: string | null; lastOrderDays: number | null }>`
        totals.last_order_at as "lastOrderAt",
        ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays"
      `,
      cell: { as: 'ago', at: ({ lastOrderAt }) => lastOrderAt, days: ({ lastOrderDays }) => lastOrderDays }
    }),
    sort: {
      table: 'totals',
      expression: sql`totals.last_order_at`,
      type: 'timestamptz',
      first: 'desc',
      nullable: true
    },
    file: inFile({
      select: ({ timeZone }) => sql<{ lastOrder: string | null }>`
        (totals.last_order_at at time zone ${timeZone})::date as "lastOrder"
      `,
      columns: [{ label: 'Last Order', width: 12, type: 'day', value: ({ lastOrder }) => lastOrder }]
    })
  },
  since: {
    file: inFile({
      select: ({ timeZone }) => sql<{ since: string }>`(customer.created_at at time zone ${timeZone})::date as since`,
      columns: [{ label: 'Customer Since', width: 14, type: 'day', value: ({ since }) => since }]
    })
  }
} as const satisfies Record<string, CustomerColumn>
