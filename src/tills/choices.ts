import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'

export interface NamedShop {
  id: number
  name: string
}

/** The shop with this name. Case and surrounding spaces do not matter. */
export async function findShopByName(em: Em, name: string): Promise<NamedShop | undefined> {
  return row(em, sql<NamedShop>`select id, name from shop where name_key(name) = name_key(${name})`)
}

/** The names of shops to choose from. */
export interface ShopNames {
  names: string[]
  /** There are more, whose names have to be typed. */
  isMore: boolean
}

/** More of them would be larger than the list that they are chosen for. */
const MOST_SHOPS = 20

/** By name; closed shops too, as what was bought there counts for good. */
export async function listShopNames(em: Em): Promise<ShopNames> {
  const found = await rows(
    em,
    prepared(sql<{ name: string }>`select name from shop order by name, id limit ${sql.lit(MOST_SHOPS + 1)}`)
  )
  return { names: found.slice(0, MOST_SHOPS).map(({ name }) => name), isMore: found.length > MOST_SHOPS }
}
