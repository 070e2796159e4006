import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { NOW, testApp, words } from '../helper.ts'
import { column, fieldValue, flashOf, linkNamed, tableRows, ticked } from '../page.ts'
import { addShop, addTill, isGood, keyIn, makeKey } from './helper.ts'

const DAY_MS = 24 * 60 * 60 * 1000

async function open(t: Parameters<typeof testApp>[0]) {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const ofShop = await addShop(admin, 'High Street')
  const till = await addTill(admin, ofShop, '1')
  return { ...shop, admin, ofShop: `/settings/shops/${ofShop}`, till, ofTill: `/settings/tills/${till}` }
}

t.test('a key is shown once, lets its till in, and is ended at once', async (t) => {
  const shop = await open(t)
  const { admin, ofTill, em } = shop
  t.equal(linkNamed((await admin.get(ofTill)).body, 'Make a key'), `${ofTill}/key`)
  const form = await admin.get(`${ofTill}/key`)
  t.same(ticked(form.body, 'scopes'), ['customers:read', 'customers:write', 'sales:read', 'sales:write'])
  t.match(words(form.body), 'Put customers into groups, as a manager does groups:write')
  const sent = { scopes: ticked(form.body, 'scopes'), key: fieldValue(form.body, 'key') ?? '' }
  const made = await admin.post(`${ofTill}/keys`, sent)
  t.equal(made.statusCode, 200)
  t.equal(made.headers['cache-control'], 'no-store')
  const key = keyIn(made.body)
  t.ok(key)
  t.match(words(made.body), 'It won’t be shown again.')
  t.ok(await isGood(shop, key))
  const again = await admin.post(`${ofTill}/keys`, sent)
  t.equal(again.headers.location, ofTill, 'sent again it makes no other')
  t.match(flashOf(admin), 'This key was made and shown already.')
  const page = await admin.get(ofTill)
  t.notMatch(page.body, key)
  const hint = `…${key.slice(-4)}`
  t.same(
    tableRows(page.body).map((row) => row.slice(0, 5)),
    [
      [
        hint,
        'Look customers up, make and edit customers, read sales, record sales',
        'Mar 2, 2026 by admin person',
        '9:00 AM',
        'when you end it'
      ]
    ]
  )
  const [kept] = await rows(em, sql<{ id: number; all: string }>`select id, till_key::text as all from till_key`)
  t.notMatch(kept?.all, key, 'nowhere is it kept')
  const question = await admin.get(`/settings/keys/${kept?.id}/end`)
  t.match(words(question.body), `End the key ${hint}?`)
  t.ok(await isGood(shop, key), 'asking ends nothing')
  t.equal((await admin.post(`/settings/keys/${kept?.id}/ending`)).headers.location, ofTill)
  t.notOk(await isGood(shop, key))
  t.match(words((await admin.get(ofTill)).body), `The key ${hint} was ended.`)
  t.match(words((await admin.get(`/settings/keys/${kept?.id}/end`)).body), 'has ended already')
  const told = words((await (await shop.as('manager')).get('/activity')).body)
  t.match(told, 'admin person made a key for till 1 of High Street')
  t.match(told, `admin person ended the key ${hint} of till 1 of High Street`)
  t.notMatch(told, key)
})

t.test('a till has two keys at most, and the one before goes on for thirty days', async (t) => {
  const shop = await open(t)
  const { admin, till, ofTill } = shop
  const first = keyIn((await makeKey(admin, till)).body)
  const second = keyIn((await makeKey(admin, till)).body)
  t.same([await isGood(shop, first), await isGood(shop, second)], [true, true])
  const page = await admin.get(ofTill)
  t.match(words(page.body), 'This till has two keys. To make another, end one of them first.')
  t.equal(linkNamed(page.body, 'Make a key'), undefined)
  t.match(words(page.body), 'Apr 1, 2026')
  const third = await admin.post(`${ofTill}/keys`, { scopes: ['groups:write'], key: randomUUID() })
  t.equal(third.statusCode, 409)
  t.match(words(third.body), 'Till 1 of High Street has two keys already. End one of them, then make another.')
  t.same(ticked(third.body, 'scopes'), ['groups:write'])
  const later = new Date(NOW.getTime() + 30 * DAY_MS)
  t.same([await isGood(shop, first, later), await isGood(shop, second, later)], [false, true])
})

t.test('a key needs a scope that there is', async (t) => {
  const { admin, ofTill } = await open(t)
  for (const scopes of [[], ['everything'], ['sales:read', 'everything']]) {
    const answer = await admin.post(`${ofTill}/keys`, { scopes, key: randomUUID() })
    t.equal(answer.statusCode, 422)
    t.match(words(answer.body), 'Tick at least one.')
    t.match(answer.body, 'href="#scopes"')
  }
  t.match((await admin.post(`${ofTill}/keys`, { scopes: 'sales:read', key: randomUUID() })).body, 'clt_')
})

t.test('nothing gets in by the keys of a closed shop or till until it is opened again', async (t) => {
  const shop = await open(t)
  const { admin, till, ofTill, ofShop } = shop
  const key = keyIn((await makeKey(admin, till)).body)
  for (const [path, sentence, name] of [
    [ofShop, 'The shop High Street is closed. Open it first.', 'High Street'],
    [ofTill, 'Till 1 of High Street is closed. Open it first.', 'This till']
  ] as const) {
    t.equal((await admin.post(`${path}/closing`)).headers.location, path)
    t.notOk(await isGood(shop, key), path)
    const page = await admin.get(ofTill)
    t.match(words(page.body), `${name} is closed. No key of this till works until it is opened again.`)
    t.equal(linkNamed(page.body, 'Make a key'), undefined)
    const refused = await makeKey(admin, till)
    t.equal(refused.statusCode, 409)
    t.match(words(refused.body), sentence)
    await admin.post(`${path}/opening`)
    t.ok(await isGood(shop, key), path)
  }
  await admin.post(`${ofShop}/closing`)
  t.same(tableRows((await admin.get('/settings/tills')).body)[0]?.at(-1), 'Closed')
  t.same(column((await admin.get(ofShop)).body, 3), ['Open'], 'the till itself is not')
})
