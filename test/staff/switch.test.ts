import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { type Client, client, NOW, PASSWORD, type Shop, testApp, words } from '../helper.ts'
import { idOf } from './helper.ts'

/** Each request a second after the one before. */
let second = 0
const clock = () => new Date(NOW.getTime() + 1000 * second++)

const enter = (browser: Client, role: string, more = {}) =>
  browser.post('/sign-in', { email: `${role}@demo.test`, password: PASSWORD, ...more })

/** A terminal that the staff person and then the manager have signed in on; the manager is at it. */
async function terminal({ app }: Shop) {
  const browser = client(app)
  await enter(browser, 'staff')
  await browser.post('/sign-in/switch')
  await enter(browser, 'manager')
  return browser
}

const names = (html: string) => [...html.matchAll(/<\/span>([^<]+)<\/a><\/li>/g)].map(([, name]) => name)

t.test('two touches and a password change who is signed in', async (t) => {
  const shop = await testApp(t, { clock })
  const browser = await terminal(shop)
  const before = browser.cookies.get('session') ?? ''
  t.match((await browser.get('/groups')).body, '<form method="post" action="/sign-in/switch">')
  t.match(await browser.post('/sign-in/switch'), { statusCode: 303, headers: { location: '/sign-in' } })
  const page = await browser.get('/sign-in')
  t.same(names(page.body), ['manager person', 'staff person', 'Someone else'], 'the last one first')
  t.notMatch(page.body, 'demo.test', 'no e-mails')
  const id = await idOf(shop, 'staff@demo.test')
  const chosen = await browser.get(`/sign-in?as=${id}`)
  t.match(words(chosen.body), 'staff person Enter your password. Not you?')
  t.notMatch(chosen.body, 'name="email"')
  t.match(await browser.post('/sign-in', { as: id, password: PASSWORD }), { statusCode: 303 })
  t.match((await browser.get('/profile')).body, 'staff@demo.test')
  browser.cookies.set('session', before)
  t.equal((await browser.get('/groups')).statusCode, 303, 'the former session ended when the switch began')
})

t.test('the page that was asked for wins', async (t) => {
  const shop = await testApp(t, { clock })
  const browser = await terminal(shop)
  await browser.post('/sign-in/switch')
  const id = await idOf(shop, 'staff@demo.test')
  const page = await browser.get('/sign-in?next=%2Fcustomers%3Fq%3Da%26b')
  t.match(page.body, `href="/sign-in?as=${id}&amp;next=%2Fcustomers%3Fq%3Da%26b"`)
  const chosen = await browser.get(`/sign-in?as=${id}&next=%2Fcustomers`)
  t.match(chosen.body, 'name="next" value="/customers"')
  t.equal(
    (await browser.post('/sign-in', { as: id, password: PASSWORD, next: '/customers' })).headers.location,
    '/customers'
  )
})

t.test('a browser shows no names but of those who signed in with it, and one person gets the usual form', async (t) => {
  const shop = await testApp(t, { clock })
  const id = await idOf(shop, 'admin@demo.test')
  const stranger = client(shop.app)
  const browser = await terminal(shop)
  await browser.post('/sign-in/switch')
  const mark = browser.cookies.get(`known-${await idOf(shop, 'staff@demo.test')}`) ?? ''
  for (const forged of ['', 'x', '1.x', 'NaN.x', mark]) {
    stranger.cookies.set(`known-${id}`, forged)
    stranger.cookies.set('known-99999999999', forged)
    for (const url of ['/sign-in', `/sign-in?as=${id}`, '/sign-in?as=0', '/sign-in?as=%00', '/sign-in?as=1&as=2']) {
      const page = await stranger.get(url)
      t.equal(page.statusCode, 200, url)
      t.match(page.body, 'name="email"')
      t.notMatch(page.body, 'admin person')
    }
    const tried = await stranger.post('/sign-in', { as: id, password: PASSWORD })
    t.equal(tried.statusCode, 422, 'nor is anybody chosen')
    t.match(words(tried.body), 'Enter your e-mail.')
  }
  const own = await shop.as('staff')
  await own.post('/sign-out')
  t.match((await own.get('/sign-in')).body, 'name="email"')
})

t.test('who is disabled or has another password is on no list', async (t) => {
  const shop = await testApp(t, { clock })
  const browser = await terminal(shop)
  await enter(browser, 'admin')
  await browser.post('/sign-in/switch')
  t.equal(names((await browser.get('/sign-in')).body).length, 4)
  await rows(shop.em, sql`update staff_member set disabled_at = now() where email = 'staff@demo.test'`)
  t.same(names((await browser.get('/sign-in')).body), ['admin person', 'manager person', 'Someone else'])
  await rows(shop.em, sql`update staff_member set password_hash = password_hash || 'x' where email = 'admin@demo.test'`)
  t.match((await browser.get('/sign-in')).body, 'name="email"', 'one is left')
})

t.test('a mistyped password is said, counted and noted as everywhere', async (t) => {
  const shop = await testApp(t, { clock })
  const browser = await terminal(shop)
  await browser.post('/sign-in/switch')
  const id = await idOf(shop, 'staff@demo.test')
  const failed = () =>
    rows(shop.em, sql`select 1 from activity where kind = 'sign-in-failed' and staff_member_id = ${id}`)
  const empty = await browser.post('/sign-in', { as: id })
  t.match(words(empty.body), 'Enter your password.')
  for (let times = 1; times <= 5; times++) {
    const wrong = await browser.post('/sign-in', { as: id, password: 'not this one' })
    t.equal(wrong.statusCode, 422)
    t.match(words(wrong.body), 'The password is wrong.')
    t.match(words(wrong.body), 'staff person Enter your password.', 'still for them')
    t.equal((await failed()).length, times)
  }
  t.equal((await browser.post('/sign-in', { as: id, password: PASSWORD })).statusCode, 429)
})

t.test('the list can be cleared, and holds eight', async (t) => {
  const shop = await testApp(t, { clock })
  const browser = await terminal(shop)
  const [hash] = await rows(shop.em, sql<{ hash: string }>`select password_hash as hash from staff_member limit 1`)
  for (let n = 1; n <= 8; n++) {
    await rows(
      shop.em,
      sql`
      insert into staff_member (name, email, role, password_hash)
      values (${`Ann ${n}`}, ${`ann${n}@demo.test`}, 'staff', ${hash?.hash})`
    )
    await enter(browser, `ann${n}`)
  }
  t.equal([...browser.cookies.keys()].filter((name) => name.startsWith('known-')).length, 8)
  await browser.post('/sign-in/switch')
  t.equal(names((await browser.get('/sign-in')).body).length, 9)
  await browser.post('/sign-in/forget')
  const page = await browser.get('/sign-in')
  t.match(words(page.body), 'The names on this device are cleared.')
  t.match(page.body, 'name="email"')
  t.same(
    [...browser.cookies.keys()].filter((name) => name.startsWith('known-')),
    []
  )
  t.match(await client(shop.app).post('/sign-in/forget'), { statusCode: 303 }, 'by nobody too')
})

t.test('a mark that an earlier version made is as good', async (t) => {
  const { createHmac } = await import('node:crypto')
  const shop = await testApp(t, { clock })
  const browser = client(shop.app)
  const people = await rows(
    shop.em,
    sql<{ id: number; hash: string }>`select id, password_hash as hash from staff_member`
  )
  for (const { id, hash } of people.slice(0, 2)) {
    browser.cookies.set(`known-${id}`, createHmac('sha256', hash).update(`known browser of ${id}`).digest('base64url'))
  }
  t.equal(names((await browser.get('/sign-in')).body).length, 3)
})
