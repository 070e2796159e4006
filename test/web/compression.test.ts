import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import t from 'tap'
import { client, testApp } from '../helper.ts'

const CURRENT = 'gzip, deflate, br, zstd'
const FLOOR = 'gzip, deflate, br'
const PLAIN_HTTP = 'gzip, deflate'

t.test('a page comes packed in one piece, in the best way of those the browser asks for', async (t) => {
  const { as } = await testApp(t)
  const staff = await as('staff')
  const page = await staff.get('/groups')
  t.notOk(page.headers['content-encoding'])
  const ways = [
    [CURRENT, 'br', brotliDecompressSync],
    [FLOOR, 'br', brotliDecompressSync],
    [PLAIN_HTTP, 'gzip', gunzipSync],
    ['GZIP;q=0.5, br;q=0', 'gzip', gunzipSync]
  ] as const
  for (const [wanted, encoding, unpack] of ways) {
    const { headers, rawPayload } = await staff.get('/groups', { 'accept-encoding': wanted })
    t.equal(headers['content-encoding'], encoding, wanted)
    t.equal(Number(headers['content-length']), rawPayload.length, 'its length is told ahead, so it is no stream')
    t.equal(unpack(rawPayload).toString(), page.body)
    t.ok(rawPayload.length < page.body.length / 2)
  }
  for (const wanted of ['', 'identity', 'zstd', 'br;q=0, gzip;q=0.0'])
    t.equal(
      (await staff.get('/groups', { 'accept-encoding': wanted })).body,
      page.body,
      `${wanted || 'nothing'}: as it is`
    )
})

t.test('a cache is told that the answer depends on what the browser can unpack', async (t) => {
  const { as } = await testApp(t)
  const staff = await as('staff')
  for (const wanted of [FLOOR, 'identity'])
    t.equal(
      (await staff.get('/groups', { 'accept-encoding': wanted })).headers.vary,
      'HX-Request-Type, Accept-Encoding'
    )
})

t.test('what fits into a packet anyway, and files, come as they are', async (t) => {
  const { app, as } = await testApp(t)
  const live = await client(app).get('/health/live', { 'accept-encoding': FLOOR })
  t.notOk(live.headers['content-encoding'])
  const file = await (await as('manager')).get('/customers.csv', { 'accept-encoding': FLOOR })
  t.equal(file.statusCode, 200)
  t.notOk(file.headers['content-encoding'])
})
