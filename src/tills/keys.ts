import { LockMode } from '@mikro-orm/core'
import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { rows } from '../db/rows.ts'
import type { Actor, Nobody } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { Scope } from './scopes.ts'
import type { Shop } from './shop.ts'
import { isCalledTill, type Till } from './till.ts'
import { endOfOverlap, hashOf, hintOf, isTouchDue, newKey, TillKey } from './till-key.ts'

/** So many keys of a till are valid at a time: one in use, and the next one. */
const MOST_VALID = 2

/**
 * Makes a key and returns it, for the only time. The key before goes on for 30 days, so that the till can be given the new one.
 * @throws RuleError if the till has two keys already, or is closed.
 */
export async function makeKey(
  em: Em,
  till: Till & { shop: Shop },
  scopes: Scope[],
  actor: Actor | Nobody
): Promise<string> {
  refuseClosed(till)
  return em.transactional(async (inner) => {
    const valid = await holdValidKeys(inner, till, actor.now)
    if (valid.length >= MOST_VALID) {
      throw new RuleError(
        `${till.label} of ${till.shop.name} has two keys already. End one of them, then make another.`
      )
    }
    const before = valid.filter((key) => !key.endsAt).map(({ id }) => id)
    await inner.nativeUpdate(TillKey, { id: { $in: before } }, { endsAt: endOfOverlap(actor.now) })
    const key = newKey()
    await inner.insert(TillKey, {
      till: till.id,
      hash: Buffer.from(hashOf(key), 'hex'),
      hint: hintOf(key),
      scopes,
      createdAt: actor.now,
      createdBy: actor.id
    })
    await note(inner, 'tills-changed', actor, { details: { by: `made a key for ${nameOf(till)}` } })
    return key
  })
}

/** Ends a key at once, in every process; ended again it stays as it is. */
export async function endKey(em: Em, key: TillKey, till: Till & { shop: Shop }, actor: Actor | Nobody): Promise<void> {
  await em.transactional(async (inner) => {
    const ended = await inner.nativeUpdate(
      TillKey,
      { id: key.id, $or: [{ endsAt: null }, { endsAt: { $gt: actor.now } }] },
      { endsAt: actor.now }
    )
    if (ended) {
      await note(inner, 'tills-changed', actor, { details: { by: `ended the key …${key.hint} of ${nameOf(till)}` } })
    }
  })
}

/** Makes a key where there is always room for one: if the till has two already, the older ends first, and is returned too. */
export async function makeNextKey(
  em: Em,
  till: Till & { shop: Shop },
  scopes: Scope[],
  actor: Actor | Nobody
): Promise<{ key: string; ended: TillKey | null }> {
  return em.transactional(async (inner) => {
    const valid = await holdValidKeys(inner, till, actor.now)
    const ended = valid.length >= MOST_VALID ? (valid.at(-1) ?? null) : null
    if (ended) await endKey(inner, ended, till, actor)
    return { key: await makeKey(inner, till, scopes, actor), ended }
  })
}

function refuseClosed({ isClosed, label, shop }: Till & { shop: Shop }): void {
  if (shop.isClosed) throw new RuleError(`The shop ${shop.name} is closed. Open it first.`)
  if (isClosed) throw new RuleError(`${label} of ${shop.name} is closed. Open it first.`)
}

/** Those of one till, the newest first; held, so that nobody else makes or ends one in the same moment. */
async function holdValidKeys(em: Em, till: Till, now: Date): Promise<TillKey[]> {
  await rows(em, sql`select from till where id = ${till.id} for no key update`)
  const where = { till: till.id, $or: [{ endsAt: null }, { endsAt: { $gt: now } }] }
  return em.find(TillKey, where, { orderBy: { id: 'desc' }, lockMode: LockMode.PESSIMISTIC_WRITE })
}

/** Within a sentence: "till 1 of High Street". */
export const nameOf = ({ name, shop }: Pick<Till, 'name'> & { shop: Pick<Shop, 'name'> }) =>
  `${isCalledTill(name) ? name : `till ${name}`} of ${shop.name}`

/** Who asks with a key, and the retailer's settings that every answer needs. */
export interface KeyHolder {
  keyId: number
  scopes: Scope[]
  till: { id: number; name: string }
  shop: { id: number; name: string }
  retailer: { name: string; country: string; timeZone: string; currency: string; locale: string }
}

type Found = KeyHolder & { hash: string; lastUsedAt: string | null }

/**
 * Whose these keys are, by their hashes, each asked for once (src/api/keys.ts asks for those of many requests at once). A key that
 * has ended, or whose till or shop is closed, is nobody's. By hand, as every request of a till asks it.
 */
export async function findHolders(em: Em, hashes: string[], now: Date): Promise<Map<string, KeyHolder>> {
  const found = await rows(
    em,
    prepared(sql<Found>`
    select encode(till_key.hash, 'hex') as hash, till_key.id as "keyId", till_key.scopes, till_key.last_used_at as "lastUsedAt",
      json_build_object('id', till.id, 'name', till.name) as till, json_build_object('id', shop.id, 'name', shop.name) as shop,
      json_build_object('name', retailer.name, 'country', retailer.country, 'timeZone', retailer.time_zone,
        'currency', retailer.currency, 'locale', retailer.locale) as retailer
    from json_array_elements_text(${JSON.stringify(hashes)}::json) asked (hash)
    join till_key on till_key.hash = decode(asked.hash, 'hex')
    join till on till.id = till_key.till_id join shop on shop.id = till.shop_id cross join retailer
    where (till_key.ends_at is null or till_key.ends_at > ${now}) and till.closed_at is null and shop.closed_at is null
  `)
  )
  const used = found.filter(({ lastUsedAt }) => isTouchDue(lastUsedAt === null ? null : new Date(lastUsedAt), now))
  if (used.length > 0)
    await noteUse(
      em,
      used.map(({ keyId }) => keyId),
      now
    )
  return new Map(found.map(({ hash, lastUsedAt: _used, ...holder }) => [hash, holder]))
}

/** Whoever else is doing so just now will have done it. */
async function noteUse(em: Em, keys: number[], now: Date): Promise<void> {
  await rows(
    em,
    sql`
    update till_key set last_used_at = ${now} from (
      select id from till_key where id = any(${keys}::int[]) order by id for no key update skip locked
    ) used where till_key.id = used.id
  `
  )
}
