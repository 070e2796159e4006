import { sql } from 'kysely'
import { DuplicateError } from '../db/duplicates.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import { findTill } from './queries.ts'
import { addShop, addTill } from './save.ts'
import { Shop } from './shop.ts'
import type { Till } from './till.ts'

/** The till of that name, whatever its case, in the shop of that name; either is added if it is missing. */
export async function findOrAddTill(
  em: Em,
  names: { shop: string; till: string },
  actor: Actor | Nobody
): Promise<Till & { shop: Shop }> {
  const shopId = await idOrAdded(
    () => row(em, sql<{ id: number }>`select id from shop where name_key(name) = name_key(${names.shop})`),
    () => addShop(em, names.shop, actor)
  )
  const shop = await em.findOneOrFail(Shop, shopId)
  const tillId = await idOrAdded(
    () =>
      row(
        em,
        sql<{ id: number }>`select id from till where shop_id = ${shopId} and name_key(name) = name_key(${names.till})`
      ),
    () => addTill(em, shop, names.till, actor)
  )
  return findTill(em, tillId)
}

/** Somebody else may add it in the same moment; then it is theirs that is found. */
async function idOrAdded(
  find: () => Promise<{ id: number } | undefined>,
  add: () => Promise<{ id: number }>
): Promise<number> {
  const found = await find()
  if (found) return found.id
  try {
    return (await add()).id
  } catch (error) {
    const owner = error instanceof DuplicateError ? error.owners[0] : undefined
    if (!owner) throw error
    return owner.id
  }
}
