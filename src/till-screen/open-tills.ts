import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

export interface OpenTill {
  id: number
  name: string
  shop: string
}

/** To which a browser can be tied. */
export async function findOpenTills(em: Em): Promise<OpenTill[]> {
  return rows(
    em,
    sql<OpenTill>`
    select till.id, till.name, shop.name as shop from till join shop on shop.id = till.shop_id
    where till.closed_at is null and shop.closed_at is null order by shop.name, shop.id, till.name, till.id
  `
  )
}
