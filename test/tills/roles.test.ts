import { sql } from 'kysely'
import t from 'tap'
import { count, testApp, words } from '../helper.ts'
import { addShop, addTill, keyIn, makeKey } from './helper.ts'

t.test('only admins see shops, tills and keys, or do anything to them', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const id = await addShop(admin, 'High Street')
  const till = await addTill(admin, id, '1')
  t.ok(keyIn((await makeKey(admin, till)).body))
  const [ofShop, ofTill] = [`/settings/shops/${id}`, `/settings/tills/${till}`]
  const pages = [
    ...['/settings/tills', '/settings/shops/new', ofShop, `${ofShop}/edit`, `${ofShop}/till`],
    ...[ofTill, `${ofTill}/edit`, `${ofTill}/key`, '/settings/keys/1/end']
  ]
  const actions = [
    ...['/settings/shops', `${ofShop}/edit`, `${ofShop}/closing`, `${ofShop}/opening`, `${ofShop}/tills`],
    ...[`${ofTill}/edit`, `${ofTill}/closing`, `${ofTill}/opening`, `${ofTill}/keys`, '/settings/keys/1/ending']
  ]
  const form = { name: 'Mine', version: 1, scopes: ['sales:read'], key: 'ae0d6cf8-3a44-4a2c-9b3e-0f5f24f0f0a1' }
  for (const url of pages)
    t.equal((await shop.anonymous.get(url)).headers.location, `/sign-in?next=${encodeURIComponent(url)}`)
  for (const url of actions) t.equal((await shop.anonymous.post(url, form)).statusCode, 401)
  for (const role of ['staff', 'manager'] as const) {
    const person = await shop.as(role)
    for (const url of pages) {
      const answer = await person.get(url)
      t.equal(answer.statusCode, 403, `${role} ${url}`)
      t.match(words(answer.body), 'Only admins can see this page.')
    }
    for (const url of actions) {
      const answer = await person.post(url, form)
      t.equal(answer.statusCode, 403, `${role} ${url}`)
      t.match(words(answer.body), 'Only admins can do this.')
    }
    t.notMatch((await person.get('/groups')).body, 'href="/settings', 'nor is a way shown')
  }
  t.equal(await count(shop.em, sql`select count(*)::int as n from shop where closed_at is null and version = 1`), 1)
  t.equal(await count(shop.em, sql`select count(*)::int as n from till where closed_at is null and version = 1`), 1)
  t.equal(await count(shop.em, sql`select count(*)::int as n from till_key where ends_at is null`), 1)
})

t.test('ids that name nothing are not found', async (t) => {
  const { as } = await testApp(t)
  const admin = await as('admin')
  for (const id of ['999', '0', '-1', 'x', '2147483648', '%00']) {
    for (const place of ['shops', 'tills']) {
      t.equal((await admin.get(`/settings/${place}/${id}`)).statusCode, 404, `${place} ${id}`)
      for (const verb of ['edit', 'closing', 'opening'])
        t.equal((await admin.post(`/settings/${place}/${id}/${verb}`)).statusCode, 404, `${place} ${id} ${verb}`)
    }
    t.equal((await admin.post(`/settings/shops/${id}/tills`)).statusCode, 404, id)
    t.equal((await admin.post(`/settings/tills/${id}/keys`)).statusCode, 404, id)
    t.equal((await admin.post(`/settings/keys/${id}/ending`)).statusCode, 404, id)
  }
})
