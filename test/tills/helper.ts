import { randomUUID } from 'node:crypto'
import { findHolders } from '../../src/tills/keys.ts'
import { USUAL_SCOPES } from '../../src/tills/scopes.ts'
import { hashOf } from '../../src/tills/till-key.ts'
import { type Client, NOW, type Shop } from '../helper.ts'

/** The key that a page shows. */
export const keyIn = (body: string): string => /id="key">(clt_[\w-]{43})</.exec(body)?.[1] ?? ''

/** The id at the end of the address that an answer leads to. */
export const idAt = ({ headers }: { headers: { location?: unknown } }): number =>
  Number(String(headers.location).split('/').at(-1))

export async function addShop(admin: Client, name: string): Promise<number> {
  return idAt(await admin.post('/settings/shops', { name, key: randomUUID() }))
}

export async function addTill(admin: Client, shop: number, name: string): Promise<number> {
  return idAt(await admin.post(`/settings/shops/${shop}/tills`, { name, key: randomUUID() }))
}

export const makeKey = (admin: Client, till: number, scopes: string[] = USUAL_SCOPES) =>
  admin.post(`/settings/tills/${till}/keys`, { scopes, key: randomUUID() })

/** Whether a key lets anybody in. */
export async function isGood({ em }: Pick<Shop, 'em'>, key: string, now = NOW): Promise<boolean> {
  return (await findHolders(em.fork(), [hashOf(key)], now)).size === 1
}
