/** What a file says of each customer, and how a part of a list is read for it. */
import { sql } from 'kysely'
import type { Em } from '../../db/orm.ts'
import { rows } from '../../db/rows.ts'
import type { RetailersDay } from '../../figures/calendar.ts'
import type { Decimal } from '../../lib/format.ts'
import type { Gender } from '../gender.ts'

export interface ExportedCustomer {
  firstName: string
  lastName: string
  phone: string | null
  email: string | null
  birthDate: string | null
  gender: Gender | null
  location: string | null
  group: string
  lists: string
  orders: number
  spent: Decimal
  lastOrder: string | null
  since: string
}

/** As the database has it: with the ids of the groups instead of their names. */
type ExportedRow = Omit<ExportedCustomer, 'group' | 'lists'> & { groupId: number; listIds: number[] }

/** The customers with these ids, in their order. */
export async function readDetails(em: Em, ids: number[], { timeZone }: RetailersDay): Promise<ExportedRow[]> {
  return rows(
    em,
    sql<ExportedRow>`
    select customer.first_name as "firstName", customer.last_name as "lastName", customer.phone, customer.email,
      customer.birth_date as "birthDate", customer.gender, customer.location, primary_membership.group_id as "groupId",
      array(select group_id from list_membership where customer_id = placed.id) as "listIds",
      totals.orders, totals.spent, (totals.last_order_at at time zone ${timeZone})::date as "lastOrder",
      (customer.created_at at time zone ${timeZone})::date as since
    from unnest(${ids}::int[]) with ordinality as placed (id, number)
    join customer on customer.id = placed.id
    join customer_totals totals on totals.customer_id = placed.id
    join primary_membership on primary_membership.customer_id = placed.id
    order by placed.number
  `
  )
}
