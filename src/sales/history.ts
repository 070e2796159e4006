import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import { type Page, type PageRequest, paging, type SortColumn, toPage } from '../lib/paging.ts'

export interface SoldLine {
  sku: string
  product: string
  quantity: Decimal
  amount: Decimal
  /** The manual discount. */
  discount: Decimal
}

export interface PastSale {
  id: number
  receipt: string
  soldAt: string
  isReturn: boolean
  total: Decimal
  cash: Decimal
  card: Decimal
  onAccount: Decimal
  /** Paid in another way, such as by voucher. */
  other: Decimal
  rounding: Decimal
  shop: string
  till: string
  /** Which group decided and why, in a sentence; null of sales from before this was kept. */
  decision: string | null
  /** What a manager should look at, or has looked at. */
  notes: string[]
  /** The first lines of the sale; `lineCount` is the number of all its lines. */
  lines: SoldLine[]
  lineCount: number
  sortValue: string
}

/**
 * Selects sales of a customer. The days are those of the retailer's time zone, and both the first and the last are
 * included.
 */
export interface Span {
  from: string | null
  to: string | null
  receipt: string | null
  timeZone: string
}

const BY_TIME = { expression: sql`sale.sold_at`, type: 'timestamptz', first: 'desc' } as const satisfies SortColumn
const MOST_LINES = 20

/** One page of a customer's sales and returns with their lines, newest first. */
export async function listSales(em: Em, customerId: number, span: Span, place: PageRequest): Promise<Page<PastSale>> {
  const page = paging(BY_TIME, BY_TIME.first, sql`sale.id`, place)
  const mostLines = span.receipt === null ? MOST_LINES : null
  const found = await rows(
    em,
    sql<PastSale>`
    select sale.id::float8 as id, sale.receipt, sale.sold_at as "soldAt", sale.total < 0 as "isReturn", sale.total,
      sale.cash, sale.card, sale.on_account as "onAccount", sale.other, sale.rounding, shop.name as shop, till.name as till,
      sale.decision, case when sale.flagged then array(select detail from review where sale_id = sale.id order by id) else '{}' end as notes, listed.lines, listed.count as "lineCount",
      to_char(sale.sold_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') as "sortValue"
    from (
      select * from sale where ${within(customerId, span)} and ${page.where} order by ${page.orderBy} limit ${page.limit}
    ) sale
    join till on till.id = sale.till_id join shop on shop.id = till.shop_id
    cross join lateral (
      select count(*)::int as count, coalesce(
        json_agg(
          json_build_object('sku', product.sku, 'product', product.name, 'quantity', line.quantity::text,
            'amount', line.amount::text, 'discount', line.discount::text)
          order by line.number
        ) filter (where line.place <= ${mostLines} or ${mostLines}::int is null), '[]') as lines
      from (select *, row_number() over (order by number) as place from sale_line where sale_id = sale.id) line
      join product on product.id = line.product_id
    ) listed
    order by ${page.orderBy}
  `
  )
  return toPage(found, page)
}

export interface SalesSums {
  orders: number
  returns: number
  net: Decimal
}

export async function sumSales(em: Em, customerId: number, span: Span): Promise<SalesSums> {
  const sums = await row(
    em,
    sql<SalesSums>`
    select count(*) filter (where total >= 0)::int as orders, count(*) filter (where total < 0)::int as returns,
      coalesce(sum(total), 0) as net
    from sale where ${within(customerId, span)}
  `
  )
  return sums ?? { orders: 0, returns: 0, net: '0' }
}

function within(customerId: number, { from, to, receipt, timeZone }: Span): RawBuilder<boolean> {
  const all = [sql<boolean>`sale.customer_id = ${customerId}`]
  if (from !== null) all.push(sql`sale.sold_at >= (${from}::date::timestamp at time zone ${timeZone})`)
  if (to !== null) all.push(sql`sale.sold_at < ((${to}::date + 1)::timestamp at time zone ${timeZone})`)
  if (receipt !== null) all.push(sql`sale.receipt = ${receipt}`)
  return sql.join(all, sql` and `)
}
