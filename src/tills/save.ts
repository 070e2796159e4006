import { raw } from '@mikro-orm/postgresql'
import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import { refuseDuplicates } from '../db/duplicates.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { Renaming } from './form.ts'
import { nameOf } from './keys.ts'
import { Shop } from './shop.ts'
import { Till } from './till.ts'

const MOST_SHOPS = 200

type TillOfShop = Till & { shop: Shop }

/** @throws RuleError above 200 shops; DuplicateError if another has the name. */
export async function addShop(em: Em, name: string, actor: Actor | Nobody): Promise<Shop> {
  return refuseDuplicates(em, shopCalled(name, null), () =>
    em.transactional(async (inner) => {
      if ((await inner.count(Shop)) >= MOST_SHOPS)
        throw new RuleError('There are 200 shops already, which is the most.')
      const shop = inner.create(Shop, { name })
      await inner.flush()
      await note(inner, 'tills-changed', actor, { details: { by: `added the shop ${name}` } })
      return shop
    })
  )
}

/** @throws DuplicateError if another till of the shop has the name. */
export async function addTill(em: Em, shop: Shop, name: string, actor: Actor | Nobody): Promise<TillOfShop> {
  return refuseDuplicates(em, tillCalled(shop.id, name, null), () =>
    em.transactional(async (inner) => {
      const till = inner.create(Till, { shop: shop.id, name })
      await inner.flush()
      await note(inner, 'tills-changed', actor, { details: { by: `added ${nameOf({ name, shop })}` } })
      return Object.assign(till, { shop })
    })
  )
}

/**
 * Renames a shop over the version that somebody was shown (src/db/versioned.ts).
 * @throws DuplicateError if another has the name.
 */
export async function renameShop(em: Em, { id }: Shop, { name, version }: Renaming, actor: Actor): Promise<void> {
  await refuseDuplicates(em, shopCalled(name, id), () =>
    em.transactional(async (inner) => {
      const before = await saveOver(inner, Shop, { id }, version, { name })
      if (before.name === name) return
      await note(inner, 'tills-changed', actor, { details: { by: `renamed the shop ${before.name} to ${name}` } })
    })
  )
}

/** As renameShop(). */
export async function renameTill(
  em: Em,
  { id, shop }: TillOfShop,
  { name, version }: Renaming,
  actor: Actor
): Promise<void> {
  await refuseDuplicates(em, tillCalled(shop.id, name, id), () =>
    em.transactional(async (inner) => {
      const before = await saveOver(inner, Till, { id }, version, { name })
      if (before.name === name) return
      const by = `renamed ${nameOf({ name: before.name, shop })} to ${name}`
      await note(inner, 'tills-changed', actor, { details: { by } })
    })
  )
}

/** Whoever is renaming it meanwhile need not be told, so the version stays. */
const closing = (isClosed: boolean, { now }: Actor) => ({ closedAt: isClosed ? now : null, version: raw('version') })

/** The keys of a closed shop or till let nobody in until it is opened again. */
export async function setShopClosed(em: Em, shop: Shop, isClosed: boolean, actor: Actor): Promise<void> {
  if (shop.isClosed === isClosed) return
  await em.transactional(async (inner) => {
    await inner.nativeUpdate(Shop, { id: shop.id }, closing(isClosed, actor))
    await note(inner, 'tills-changed', actor, {
      details: { by: `${isClosed ? 'closed' : 'opened'} the shop ${shop.name}` }
    })
  })
}

export async function setTillClosed(em: Em, till: TillOfShop, isClosed: boolean, actor: Actor): Promise<void> {
  if (till.isClosed === isClosed) return
  await em.transactional(async (inner) => {
    await inner.nativeUpdate(Till, { id: till.id }, closing(isClosed, actor))
    await note(inner, 'tills-changed', actor, { details: { by: `${isClosed ? 'closed' : 'opened'} ${nameOf(till)}` } })
  })
}

const shopCalled = (name: string, ownId: number | null) => async (em: Em) => {
  const found = await row(
    em,
    sql<{ id: number; name: string }>`select id, name from shop where name_key(name) = name_key(${name})`
  )
  if (!found || found.id === ownId) return []
  return [{ field: 'name', ...found, sentence: `There is already a shop called ${found.name}. Choose another name.` }]
}

const tillCalled = (shopId: number, name: string, ownId: number | null) => async (em: Em) => {
  const found = await row(
    em,
    sql<{
      id: number
      name: string
    }>`select id, name from till where shop_id = ${shopId} and name_key(name) = name_key(${name})`
  )
  if (!found || found.id === ownId) return []
  return [
    { field: 'name', ...found, sentence: `This shop already has a till called ${found.name}. Choose another name.` }
  ]
}
