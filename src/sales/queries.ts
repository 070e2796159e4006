import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'

export interface RecentSale {
  receipt: string
  soldAt: string
  total: Decimal
  units: Decimal
  onAccount: boolean
}

/** A customer's latest sales. A return has a negative total. */
export async function listRecentSales(em: Em, customerId: number, limit = 5): Promise<RecentSale[]> {
  return rows(
    em,
    sql<RecentSale>`
    select sale.receipt, sale.sold_at as "soldAt", sale.total, sale.on_account <> 0 as "onAccount",
      (select coalesce(sum(quantity), 0) from sale_line where sale_id = sale.id) as units
    from sale where customer_id = ${customerId} order by sold_at desc, id desc limit ${limit}
  `
  )
}
