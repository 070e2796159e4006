import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { column, fieldValue, flashOf, followPages, linkNamed, tableRows } from '../page.ts'
import { addShop, addTill, keyIn, makeKey } from './helper.ts'

t.test('a shop and its tills are added, and lead to each other', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const settings = await admin.get('/settings')
  t.equal(linkNamed(settings.body, 'Shops and tills'), '/settings/tills')
  const empty = await admin.get('/settings/tills')
  t.match(words(empty.body), 'No shops yet')
  t.equal(linkNamed(empty.body, 'Add your first shop'), '/settings/shops/new')
  const form = await admin.get('/settings/shops/new')
  const sent = { name: ' High  Street ', key: fieldValue(form.body, 'key') ?? '' }
  const added = await admin.post('/settings/shops', sent)
  t.equal(added.statusCode, 303)
  t.equal((await admin.post('/settings/shops', sent)).headers.location, added.headers.location, 'a double click')
  const page = await admin.get(String(added.headers.location))
  t.match(words(page.body), 'No tills yet')
  const id = Number(String(added.headers.location).split('/').at(-1))
  for (const name of ['10', '2', 'Back counter']) await addTill(admin, id, name)
  t.equal(flashOf(admin), 'Till Back counter was added to High  Street. Now make its key.')
  t.same(column((await admin.get(`/settings/shops/${id}`)).body), ['Till Back counter', 'Till 2', 'Till 10'])
  const list = await admin.get('/settings/tills')
  t.same(tableRows(list.body), [['High Street', '3', '0', 'never', 'Open']])
  t.match(words(list.body), '1 shop')
  const manager = await shop.as('manager')
  t.match(words((await manager.get('/activity')).body), 'admin person added till 10 of High Street')
})

t.test('a mistake says what is wrong and keeps what was typed', async (t) => {
  const { as } = await testApp(t)
  const admin = await as('admin')
  const id = await addShop(admin, 'High Street')
  const till = await addTill(admin, id, '1')
  const second = await addTill(admin, id, '2')
  const other = await addShop(admin, 'Market')
  const long = 'x'.repeat(81)
  const cases = [
    ['/settings/shops', ' ', 'Enter the name.'],
    ['/settings/shops', long, 'The name must have at most 80 characters.'],
    ['/settings/shops', 'HIGH street', 'There is already a shop called High Street. Choose another name.'],
    [
      `/settings/shops/${other}/edit`,
      'high street',
      'There is already a shop called High Street. Choose another name.'
    ],
    [`/settings/shops/${id}/tills`, '1', 'This shop already has a till called 1. Choose another name.'],
    [`/settings/tills/${second}/edit`, '1', 'This shop already has a till called 1. Choose another name.'],
    [`/settings/tills/${second}/edit`, '', 'Enter the name.']
  ] as const
  for (const [url, name, sentence] of cases) {
    const answer = await admin.post(url, { name, key: randomUUID(), version: 1 })
    t.equal(answer.statusCode, 422, `${url} ${name}`)
    t.match(words(answer.body), sentence)
    t.equal(fieldValue(answer.body, 'name'), name)
  }
  const taken = await admin.post(`/settings/shops/${id}/tills`, { name: '1', key: randomUUID() })
  t.match(taken.body, `href="/settings/tills/${till}"`)
  t.ok(await addTill(admin, other, '1'), 'another shop may call its till so')
})

t.test('the second to rename is told, sees both names and loses nothing', async (t) => {
  const { as } = await testApp(t)
  const admin = await as('admin')
  const id = await addShop(admin, 'High Street')
  const till = await addTill(admin, id, '1')
  for (const path of [`/settings/shops/${id}`, `/settings/tills/${till}`]) {
    await admin.post(`${path}/closing`)
    t.equal((await admin.post(`${path}/edit`, { name: 'Theirs', version: 1 })).headers.location, path, 'closed or not')
    const second = await admin.post(`${path}/edit`, { name: 'Mine', version: 1 })
    t.equal(second.statusCode, 409)
    t.match(words(second.body), 'Their version, saved Name Theirs')
    t.match(words(second.body), 'Your version, not saved Name Mine')
    t.equal(fieldValue(second.body, 'name'), 'Mine')
    t.equal(fieldValue(second.body, 'version'), '2')
    t.equal((await admin.post(`${path}/edit`, { name: 'Theirs', version: 1 })).statusCode, 303, 'a second click')
    t.equal((await admin.post(`${path}/edit`, { name: 'Mine', version: 2 })).statusCode, 303)
    t.equal((await admin.post(`${path}/edit`, { name: 'No version' })).statusCode, 409)
  }
})

t.test('there are at most 200 shops, and all of them are found', async (t) => {
  const { as, em } = await testApp(t)
  const admin = await as('admin')
  await rows(em, sql`insert into shop (name) select 'Shop ' || lpad(n::text, 3, '0') from generate_series(1, 200) n`)
  const answer = await admin.post('/settings/shops', { name: 'One more', key: randomUUID() })
  t.equal(answer.statusCode, 409)
  t.match(words(answer.body), 'There are 200 shops already, which is the most.')
  t.equal(fieldValue(answer.body, 'name'), 'One more')
  const { names, forward } = await followPages(admin, '/settings/tills')
  t.same([new Set(names).size, forward.length], [200, 8])
  t.ok((await admin.get('/settings/tills')).body.length < 30_000)
  t.same(column((await admin.get('/settings/tills?q=shop+017')).body), ['Shop 017'])
  t.match(words((await admin.get('/settings/tills?q=017')).body), '1 of 200 shops')
  t.match(words((await admin.get('/settings/tills?q=zzz')).body), 'No shops match')
})

t.test('a shop with many tills is paged, and light', async (t) => {
  const { as, em } = await testApp(t)
  const admin = await as('admin')
  const id = await addShop(admin, 'High Street')
  await rows(em, sql`insert into till (shop_id, name) select ${id}::int, n from generate_series(1, 60) n`)
  const path = `/settings/shops/${id}`
  const { names, back } = await followPages(admin, path)
  t.same(
    names,
    Array.from({ length: 60 }, (_, n) => `Till ${n + 1}`)
  )
  t.equal(back.flat().length, 50)
  t.ok((await admin.get(path)).body.length < 30_000)
  t.equal((await admin.get(`${path}?after=x`)).statusCode, 400)
  const till = await addTill(admin, id, 'Last')
  for (let n = 0; n < 30; n++) {
    const made = await makeKey(admin, till)
    t.ok(keyIn(made.body))
    if (n < 29) await rows(em, sql`update till_key set ends_at = created_at where till_id = ${till}`)
  }
  t.equal(await count(em, sql`select count(*)::int as n from till_key`), 30)
  const keys = await admin.get(`/settings/tills/${till}`)
  t.equal(column(keys.body).length, 25, 'of the ended ones, the latest')
  t.ok(keys.body.length < 30_000)
})
