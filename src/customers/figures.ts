import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { RetailersDay } from '../figures/calendar.ts'
import type { Decimal } from '../lib/format.ts'
import { ageOn } from './ages.ts'

/** What a customer's page says that is worked out: their age, their totals, their last order, and what they owe. */
export interface CustomerFigures {
  age: number | null
  orders: number
  spent: Decimal
  lastOrderAt: string | null
  /** Days since the last order. */
  lastOrderDays: number | null
  balance: Decimal
}

export async function findCustomerFigures(
  em: Em,
  customerId: number,
  { today, timeZone }: RetailersDay
): Promise<CustomerFigures | undefined> {
  return row(
    em,
    sql<CustomerFigures>`
    select ${ageOn(today)} as age, totals.orders, totals.spent, totals.last_order_at as "lastOrderAt",
      ${today}::date - (totals.last_order_at at time zone ${timeZone})::date as "lastOrderDays",
      (select coalesce(sum(amount), 0) from account_entry where customer_id = customer.id) as balance
    from customer join customer_totals totals on totals.customer_id = customer.id
    where customer.id = ${customerId}
  `
  )
}
