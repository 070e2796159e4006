import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp } from '../helper.ts'
import { programOf, saleBody } from './till.ts'

const shop = await testApp(t)
const { em } = shop

t.test('no key, a wrong one and one that was ended let nobody in; nor does a browser’s session', async (t) => {
  const till = await programOf(shop)
  t.match((await till.get('/shop')).body, {
    name: 'Corner Shop',
    currency: 'USD',
    time_zone: 'America/New_York',
    locale: 'en-US',
    shop: { name: 'High Street' },
    till: { id: till.till, name: 'Till 1' }
  })
  for (const authorization of ['', 'Bearer', `Bearer ${till.key}x`, 'Basic abc', `Bearer clt_${'a'.repeat(43)}`]) {
    const answer = await till.get('/shop', { authorization })
    t.match(
      [answer.status, answer.headers['www-authenticate'], answer.body.code],
      [401, 'Bearer', /^key-(needed|invalid)$/]
    )
  }
  const manager = await shop.as('admin')
  t.equal((await manager.get('/api/v1/shop')).statusCode, 401)
  await rows(em, sql`update till_key set ends_at = '2026-03-02T14:00:00Z'`)
  t.equal((await till.get('/shop')).status, 401, 'at once')
  await rows(em, sql`update till_key set ends_at = null`)
  t.equal((await till.get('/shop')).status, 200)
  await rows(em, sql`update shop set closed_at = now()`)
  t.equal((await till.get('/shop')).status, 401, 'a closed shop sells nothing')
  await rows(em, sql`update shop set closed_at = null`)
})

t.test('each route asks for its scope', async (t) => {
  const reader = await programOf(shop, 'Reader', ['customers:read'])
  t.equal((await reader.get('/customers')).status, 200)
  t.equal((await reader.get('/groups')).status, 200)
  const refused: [string, () => Promise<{ status: number; body: { scope?: string } }>][] = [
    ['sales:write', () => reader.post('/sales', saleBody())],
    ['sales:write', () => reader.post('/sales/batch', { sales: [saleBody()] })],
    ['sales:read', () => reader.get('/sales?receipt=1')],
    ['sales:read', () => reader.get('/customers/2/sales')],
    ['customers:write', () => reader.post('/customers', { first_name: 'A', email: 'a@b.co' })],
    ['customers:write', () => reader.send('PATCH', '/customers/2', { version: 1 })],
    ['groups:write', () => reader.send('PUT', '/customers/2/primary_group', { group_id: 1 })],
    ['groups:write', () => reader.send('PUT', '/customers/2/lists/3')],
    ['groups:write', () => reader.send('DELETE', '/customers/2/lists/3')]
  ]
  for (const [scope, ask] of refused) t.match(await ask(), { status: 403, body: { code: 'scope-missing', scope } })
  const writer = await programOf(shop, 'Writer', ['sales:write'])
  t.equal((await writer.get('/customers')).status, 403)
  t.equal((await writer.post('/sales', saleBody())).status, 201)
})

t.test('a key has 60 requests at once and 20 a second, of its own', async (t) => {
  const [busy, calm] = [await programOf(shop, 'Busy'), await programOf(shop, 'Calm')]
  const answers = await Promise.all(Array.from({ length: 70 }, () => busy.get('/shop')))
  t.equal(answers.filter(({ status }) => status === 200).length, 60)
  const refused = answers.find(({ status }) => status === 429)
  t.match(refused?.body, { code: 'too-many-requests', detail: /Try again/ })
  t.match(refused?.headers, { 'retry-after': '3', 'ratelimit-policy': '"key";q=60;w=3', ratelimit: '"key";r=0;t=3' })
  t.equal((await calm.get('/shop')).status, 200)
})
