import type pg from 'pg'
import { BALANCES, BUYERS, GROUPS, PRODUCTS, TOP_PRODUCTS } from '../figures/recount.ts'
import type { Progress } from './progress.ts'

const COUNTED = [
  `insert into sale_key (id, till_id, receipt, sale_id) select uuid, till_id, receipt, id from sale order by id`,
  `insert into customer_shop (customer_id, shop_id)
   select distinct customer_id, shop_id from sale join till on till.id = till_id where customer_id <> 1 order by 1, 2`,
  `update group_figures figures set customers = counted.customers, spent = counted.spent
   from (${GROUPS}) counted where counted.group_id = figures.group_id`,
  `insert into group_product (group_id, product_id, units, revenue, buyers) ${PRODUCTS} order by group_id, product_id`,
  `insert into everyone_product (product_id, buyers) ${BUYERS}`,
  `insert into group_top_product (group_id, product_id, units) ${TOP_PRODUCTS}`,
  `insert into account_balance (customer_id, balance) ${BALANCES} order by customer_id`
]

/**
 * Counts the figures of groups and the balances of accounts once, from everything that was loaded. Returns the number
 * of ranked products in all groups together.
 */
export async function countFigures(client: pg.Client, progress: Progress): Promise<number> {
  progress.begin('figures', COUNTED.length)
  const counts: (number | null)[] = []
  for (const statement of COUNTED) {
    counts.push((await client.query(statement)).rowCount)
    progress.advance(1)
  }
  progress.end()
  return counts[3] ?? 0
}
