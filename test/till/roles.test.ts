import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, NOW, PASSWORD, testApp, words } from '../helper.ts'
import { tillOf } from '../till.ts'
import { hidden, press, tiedBrowser } from './screen.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop
const till = await tillOf(em)
const later = (minutes: number) => {
  now = new Date(now.getTime() + minutes * 60_000)
}
const browsers = () => count(em, sql`select count(*)::int as n from till_browser where ended_at is null`)

t.test('a browser that nobody has tied asks staff to ask a manager, and offers managers the tills', async (t) => {
  const staff = await shop.as('staff')
  t.match(words((await staff.get('/till')).body), /not tied to a till yet.*Ask a manager/)
  t.notMatch((await staff.get('/till')).body, /action="\/till\/tie"/)
  const manager = await shop.as('manager')
  t.match(words((await manager.get('/till')).body), /High Street: Till 1/)
  staff.cookies.set('till', 'somebody-has-made-this-up')
  t.match(words((await staff.get('/till')).body), /not tied to a till yet/)
  t.match(words((await staff.post('/till', { do: 'cash' })).body), /not tied to a till yet/)
})

t.test('staff tie and untie nothing, and nobody is asked to sign in first', async (t) => {
  const staff = await shop.as('staff')
  for (const path of ['/till/tie', '/till/untie']) {
    t.equal((await staff.post(path, { till, browser: 1 })).statusCode, 403, path)
    t.equal((await shop.anonymous.post(path, { till, browser: 1 })).statusCode, 401, path)
  }
  t.equal((await staff.get('/till/browsers')).statusCode, 403)
  for (const path of ['/till', '/till/browsers', '/till/new-customer', '/till/customers', '/till/products']) {
    t.match((await shop.anonymous.get(path)).headers.location, /^\/sign-in/, path)
  }
  for (const path of ['/till', '/till/use', '/till/new-customer']) {
    t.equal((await shop.anonymous.post(path, { do: 'cash' })).statusCode, 401, path)
  }
  t.equal(await browsers(), 0)
})

t.test('a manager ties a browser, in a cookie that scripts can’t read, and unties it at once', async (t) => {
  const manager = await shop.as('manager')
  const tied = await manager.post('/till/tie', { till })
  const [cookie] = tied.cookies.filter(({ name }) => name === 'till')
  t.match(cookie, { httpOnly: true, sameSite: 'Lax', path: '/' })
  const [kept] = await rows(em, sql<{ hash: Buffer; id: number }>`select id, hash from till_browser`)
  t.notMatch(kept?.hash.toString(), cookie?.value, 'only a hash is kept')
  t.match(words((await manager.get('/till')).body), /Till 1 High Street/)
  t.match(words((await manager.get('/till/browsers')).body), /High Street: Till 1 .*by manager person/)
  await press(manager, 'save')
  t.equal((await manager.post('/till/untie', { browser: kept?.id ?? 0 })).statusCode, 303)
  t.match(words((await manager.get('/till')).body), /not tied to a till yet/)
  t.equal(await count(em, sql`select count(*)::int as n from cart`), 0)
  t.same(
    (
      await rows(
        em,
        sql<{ by: string }>`select details ->> 'by' as by from activity where kind = 'tills-changed' order by id`
      )
    ).map(({ by }) => by),
    ['tied a browser to Till 1 of High Street', 'untied a browser from Till 1 of High Street']
  )
})

t.test('behind https, only the host itself can set the cookie', async (t) => {
  const secure = await testApp(t, { config: { PUBLIC_URL: 'https://shop.example' } })
  const { client } = await import('../helper.ts')
  const browser = client(secure.app, 'https://shop.example')
  await browser.post('/sign-in', { email: 'manager@demo.test', password: PASSWORD })
  const tied = await browser.post('/till/tie', { till: await tillOf(secure.em) })
  t.match(
    tied.cookies.find(({ name }) => name === '__Host-till'),
    { secure: true, httpOnly: true, path: '/' }
  )
})

t.test('a closed till sells nothing, and ties no browser', async (t) => {
  const staff = await shop.as('staff')
  await tiedBrowser(shop, staff)
  await rows(em, sql`update till set closed_at = ${NOW}`)
  t.match(words((await staff.get('/till')).body), /Till 1 of High Street is closed/)
  const manager = await shop.as('manager')
  t.equal((await manager.post('/till/tie', { till })).statusCode, 409)
  await rows(em, sql`update till set closed_at = null`)
})

t.test('Lock ends the session and keeps the cart, for whoever signs in next', async (t) => {
  const staff = await shop.as('staff')
  await tiedBrowser(shop, staff)
  await rows(em, sql`insert into product (sku, name) values ('RUG', 'Rug')`)
  await press(staff, 'enter', { product: 'RUG' })
  const screen = await staff.get('/till')
  const locked = await staff.post('/till', { ...hidden(screen.body), 'price-1': '3.00', do: 'lock' })
  t.equal(locked.headers.location, '/sign-in?next=/till')
  t.match((await staff.get('/till')).headers.location, /^\/sign-in/)
  const unlocked = await staff.post('/sign-in', { email: 'manager@demo.test', password: PASSWORD, next: '/till' })
  t.equal(unlocked.headers.location, '/till')
  t.match(words((await staff.get('/till')).body), /manager person.*Rug.*\$3\.00/)
})

t.test('it locks itself after five minutes without a request, and what was typed stays', async (t) => {
  const staff = await shop.as('staff')
  await tiedBrowser(shop, staff)
  await press(staff, 'enter', { product: 'RUG' })
  later(4)
  await staff.post('/till/use')
  later(4)
  const screen = await staff.get('/till')
  t.equal(screen.statusCode, 200, 'somebody was there')
  later(5.1)
  const sent = await staff.post('/till', { ...hidden(screen.body), 'price-1': '7.00', do: 'cash' })
  t.equal(sent.headers.location, '/sign-in?next=/till')
  t.equal(await count(em, sql`select count(*)::int as n from sale`), 0, 'nothing is sold')
  later(60)
  await staff.post('/sign-in', { email: 'staff@demo.test', password: PASSWORD, next: '/till' })
  t.match(words((await staff.get('/till')).body), /Rug.*\$7\.00/)
})
