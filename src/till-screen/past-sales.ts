import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'

export interface PastSale {
  id: string
  receipt: string
  till: string
  soldAt: string
  total: Decimal
  /** Of the line that cost most. */
  product: string
  lines: number
  /** Null for the walk-in customer, and whoever has been erased. */
  customerId: number | null
}

const summed = sql`
  cross join lateral (
    select count(*)::int as lines, (array_agg(product.name order by amount desc, number))[1] as product
    from sale_line join product on product.id = product_id where sale_id = sale.id
  ) sold
`
const COLUMNS = sql`
  sale.uuid as id, sale.receipt, till.name as till, sale.sold_at as "soldAt", sale.total, sold.product, sold.lines,
  nullif(sale.customer_id, ${sql.lit(WALK_IN_CUSTOMER)}) as "customerId"
`

/** What somebody bought or brought back last. */
export async function listPastSales(em: Em, customerId: number, limit = 3): Promise<PastSale[]> {
  return rows(
    em,
    prepared(sql<PastSale>`
    select ${COLUMNS} from (
      select * from sale where customer_id = ${customerId} order by sold_at desc, id desc limit ${limit}
    ) sale join till on till.id = sale.till_id ${summed}
    order by sale.sold_at desc, sale.id desc
  `)
  )
}

/** The sale with a receipt number: of this till, or else the newest of another. One by one, as the number is unique only within its till. */
export async function findByReceipt(em: Em, tillId: number, receipt: string): Promise<PastSale | undefined> {
  return row(
    em,
    prepared(sql<PastSale>`
    select ${COLUMNS} from (
      select keyed.sale_id, till.id = ${tillId} as own from till
      cross join lateral (select sale_id from sale_key where till_id = till.id and receipt = ${receipt} limit 1) keyed
      order by own desc, sale_id desc limit 1
    ) found join sale on sale.id = found.sale_id join till on till.id = sale.till_id ${summed}
  `)
  )
}

export async function findPastSale(em: Em, id: string): Promise<PastSale | undefined> {
  return row(
    em,
    prepared(sql<PastSale>`
    select ${COLUMNS} from (select sale_id from sale_key where id = ${id}) found
    join sale on sale.id = found.sale_id join till on till.id = sale.till_id ${summed}
  `)
  )
}
