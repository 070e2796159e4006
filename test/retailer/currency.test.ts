import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { type Shop, testApp, words } from '../helper.ts'
import { tillOf } from '../till.ts'
import { KEPT, kept, selected } from './kept.ts'

async function sell({ em }: Shop): Promise<void> {
  const till = await tillOf(em)
  await rows(
    em,
    sql`insert into sale (till_id, receipt, sold_at, total, card) values (${till}, 'R-1', '2026-02-01', 10, 10)`
  )
}

t.test('once there is a sale the currency is text with its reason, and the rest can still be changed', async (t) => {
  const shop = await testApp(t)
  await sell(shop)
  const admin = await shop.as('admin')
  const page = await admin.get('/settings')
  t.match(words(page.body), 'Currency You already have sales in this currency, so it can’t be changed. US Dollar (USD)')
  t.notMatch(page.body, '<select id="currency"')
  t.match(page.body, '<input type="hidden" name="currency" value="USD">')
  t.equal((await admin.post('/settings', { ...KEPT, name: 'Renamed' })).statusCode, 303)
  t.match(await kept(shop), { name: 'Renamed', currency: 'USD', version: 2 })
})

t.test('a tampered currency is refused in a sentence, and what else was typed stays', async (t) => {
  const shop = await testApp(t)
  await sell(shop)
  const admin = await shop.as('admin')
  const answer = await admin.post('/settings', { ...KEPT, name: 'Renamed', currency: 'EUR' })
  t.equal(answer.statusCode, 409)
  t.match(words(answer.body), 'You already have sales, so the currency can’t be changed.')
  t.match(answer.body, '<a href="#currency">')
  t.match(answer.body, 'value="Renamed"')
  t.match(answer.body, '<input type="hidden" name="currency" value="USD">')
  t.same(await kept(shop), KEPT)
})

/** A till in the middle of a sale. */
async function till({ url, em }: Shop) {
  const id = await tillOf(em)
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  await client.query('begin')
  await client.query(
    `insert into sale (till_id, receipt, sold_at, total, card) values ($1, 'R-2', '2026-02-01', 10, 10)`,
    [id]
  )
  return client
}

t.test('a sale that is being written decides, not the moment of looking', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const selling = await till(shop)
  const changing = admin.post('/settings', { ...KEPT, currency: 'EUR' })
  await new Promise((resolve) => setTimeout(resolve, 300))
  await selling.query('commit')
  t.equal((await changing).statusCode, 409)
  await selling.end()
  t.same(await kept(shop), KEPT)
})

t.test('a sale that takes long is not waited for, and one that is given up does not count', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const selling = await till(shop)
  const answer = await admin.post('/settings', { ...KEPT, currency: 'EUR' })
  t.equal(answer.statusCode, 409)
  t.match(
    words(answer.body),
    'A sale is being recorded right now, so the currency was not changed. Try again in a moment.'
  )
  t.same(selected(answer.body)[2], 'EUR')
  t.equal((await admin.post('/settings', { ...KEPT, name: 'Renamed' })).statusCode, 303)
  await selling.query('rollback')
  await selling.end()
  t.equal((await admin.post('/settings', { ...KEPT, currency: 'EUR', version: 2 })).statusCode, 303)
  t.match(await kept(shop), { currency: 'EUR', version: 3 })
})
