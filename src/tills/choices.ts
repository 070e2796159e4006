import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'

export interface ShopChoice {
  id: number
  name: string
}

/** All shops by name, closed ones too: what was bought there counts for good. */
export async function listShopChoices(em: Em): Promise<ShopChoice[]> {
  return rows(em, prepared(sql<ShopChoice>`select id, name from shop order by name, id`))
}

export async function findShopName(em: Em, id: number): Promise<string | undefined> {
  return (await row(em, prepared(sql<{ name: string }>`select name from shop where id = ${id}::int`)))?.name
}
