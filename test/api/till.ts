import { randomUUID } from 'node:crypto'
import { makeKey } from '../../src/tills/keys.ts'
import { type Scope, USUAL_SCOPES } from '../../src/tills/scopes.ts'
import { Till } from '../../src/tills/till.ts'
import { NOW, type Shop } from '../helper.ts'
import { tillOf } from '../till.ts'

type Method = 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'

/** A till that asks with a key of its own, and no cookie or Origin. */
export async function programOf(shop: Shop, name = 'Till 1', scopes: Scope[] = USUAL_SCOPES, at = 'High Street') {
  const em = shop.orm.em.fork()
  const till = await em.findOneOrFail(Till, await tillOf(em, name, at), { populate: ['shop'] })
  const key = await makeKey(em, till as never, scopes, { id: null, now: NOW })
  const send = async (method: Method, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const answer = await shop.app.inject({
      method,
      url: `/api/v1${path}`,
      headers: {
        authorization: `Bearer ${key}`,
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers
      },
      ...(body !== undefined && { payload: typeof body === 'string' ? body : JSON.stringify(body) })
    })
    const isJson = /json/.test(String(answer.headers['content-type'] ?? ''))
    return {
      status: answer.statusCode,
      headers: answer.headers,
      text: answer.body,
      body: isJson ? answer.json() : null
    }
  }
  return {
    key,
    till: till.id,
    get: (path: string, headers?: Record<string, string>) => send('GET', path, undefined, headers),
    post: (path: string, body: unknown, headers?: Record<string, string>) => send('POST', path, body, headers),
    send
  }
}

export type Program = Awaited<ReturnType<typeof programOf>>

let receipts = 0

/** A sale of two rugs for 20.00 in cash. */
export function saleBody(change: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    id: randomUUID(),
    receipt: `A-${++receipts}`,
    customer_id: null,
    sold_at: NOW.toISOString(),
    lines: [{ sku: 'RUG', name: 'Rug', quantity: '2', amount: '20.00' }],
    tenders: { cash: '20.00' },
    ...change
  }
}
