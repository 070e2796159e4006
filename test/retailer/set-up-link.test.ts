import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { makeSetUp } from '../../src/staff/links.ts'
import { client, count, NOW, testApp, words } from '../helper.ts'
import { KEPT } from './kept.ts'

const FOUNDER = { adminName: 'Mia Müller', email: 'Mia@Example.com', password: 'violet tractor seldom owl' }
const ALL = { ...KEPT, ...FOUNDER }

/** As the migrations made it, with the link that the start prints. */
async function emptyDatabase(t: Test) {
  const shop = await testApp(t, { retailer: false })
  const token = await makeSetUp(shop.em, NOW)
  const retailers = () => count(shop.em, sql`select count(*)::int as n from retailer`)
  const people = () => count(shop.em, sql`select count(*)::int as n from staff_member`)
  return { ...shop, token, link: `/set-up/${token}`, retailers, people }
}

t.test('the first of all opens the link, makes the shop and their account, and is signed in', async (t) => {
  const { anonymous, link, token, em } = await emptyDatabase(t)
  const page = await anonymous.get(link)
  t.equal(page.statusCode, 200)
  t.match(page.body, '<body class="plain">')
  t.match(page.body, `action="/set-up/${token}"`)
  t.same(
    [...page.body.matchAll(/<(?:input|select)[^>]* name="(\w+)"/g)].map((field) => field[1]),
    ['name', 'country', 'timeZone', 'currency', 'locale', 'adminName', 'email', 'password']
  )
  t.match(await anonymous.post(link, ALL), { statusCode: 303, headers: { location: '/groups' } })
  const home = await anonymous.get('/groups')
  t.equal(home.statusCode, 200)
  t.match(words(home.body), 'Welcome, Mia Müller. You are signed in.')
  t.match(await row(em, sql`select * from staff_member`), {
    name: 'Mia Müller',
    email: 'mia@example.com',
    role: 'admin',
    disabled_at: null
  })
  t.match(await row(em, sql`select * from retailer`), { name: 'Corner Shop', currency: 'USD' })
})

t.test('the password works at the next sign-in', async (t) => {
  const { app, anonymous, link } = await emptyDatabase(t)
  await anonymous.post(link, ALL)
  const { email, password } = FOUNDER
  t.match(await client(app).post('/sign-in', { email, password }), {
    statusCode: 303,
    headers: { location: '/groups' }
  })
})

t.test('the link works once: a second click leads to the sign-in', async (t) => {
  const { app, anonymous, link, people } = await emptyDatabase(t)
  await anonymous.post(link, ALL)
  const stranger = client(app)
  for (const answer of [await stranger.get(link), await stranger.post(link, { ...ALL, email: 'eve@example.com' })]) {
    t.match(answer, { statusCode: 303, headers: { location: '/sign-in' } })
  }
  t.match(words((await stranger.get('/sign-in')).body), 'The shop is already set up, so this link no longer works.')
  t.equal(await people(), 1)
})

t.test('of two who use the link at once one wins, the other is led to the sign-in', async (t) => {
  const { app, link, retailers, people } = await emptyDatabase(t)
  const answers = await Promise.all(
    ['one', 'two', 'three'].map((name) => client(app).post(link, { ...ALL, name, email: `${name}@example.com` }))
  )
  t.same(answers.map((answer) => answer.headers.location).sort(), ['/groups', '/sign-in', '/sign-in'])
  t.same([await retailers(), await people()], [1, 1])
})

t.test('a token that is wrong, too old or replaced opens nothing', async (t) => {
  const { anonymous, token, em, retailers, people } = await emptyDatabase(t)
  const wrong = [
    `${token}x`,
    token.slice(1),
    token.toLowerCase(),
    'x',
    '%00',
    '%F0%9F%9B%92',
    "'or'1'='1",
    'x'.repeat(101)
  ]
  for (const path of wrong.map((one) => `/set-up/${one}`)) {
    t.match(await anonymous.get(path), { statusCode: 404 }, path.slice(0, 60))
    t.match(await anonymous.post(path, ALL), { statusCode: 404 }, path.slice(0, 60))
  }
  t.match(words((await anonymous.get('/set-up/x')).body), 'This set-up link has expired or was already used.')
  await makeSetUp(em, NOW)
  t.equal((await anonymous.get(`/set-up/${token}`)).statusCode, 404)
  const old = await makeSetUp(em, new Date(NOW.getTime() - 25 * 3_600_000))
  t.equal((await anonymous.post(`/set-up/${old}`, ALL)).statusCode, 404)
  t.same([await retailers(), await people()], [0, 0])
})

t.test('a mistake keeps the link good, and is said by its field', async (t) => {
  const { anonymous, link, retailers, people } = await emptyDatabase(t)
  const wrong: [keyof typeof ALL, string, string][] = [
    ['adminName', '', 'Enter your name.'],
    ['adminName', 'x'.repeat(81), 'at most 80 characters'],
    ['adminName', 'a\u0000b', 'characters that can'],
    ['email', '', 'Enter the e-mail.'],
    ['email', 'nobody', 'Enter an e-mail address'],
    ['password', '', 'Enter a password.'],
    ['password', 'short', 'at least 12 characters'],
    ['password', 'Mia Müller Corner Shop', 'easy to guess'],
    ['name', '', 'Enter the name of the shop.'],
    ['currency', 'Dollars', 'Choose a currency.']
  ]
  for (const [field, value, message] of wrong) {
    const answer = await anonymous.post(link, { ...ALL, [field]: value })
    t.equal(answer.statusCode, 422, `${field}: ${value.slice(0, 20)}`)
    t.match(answer.body, `id="${field}-error"`)
    t.equal(words(answer.body).split(message).length, 3, message)
    t.notMatch(answer.body, FOUNDER.password)
    if (field !== 'email') t.match(answer.body, 'value="Mia@Example.com"')
  }
  t.match(words((await anonymous.post(link)).body), 'There are 8 problems')
  t.same([await retailers(), await people()], [0, 0])
  t.equal((await anonymous.post(link, ALL)).statusCode, 303)
})

t.test('a shop that is there and has no staff asks for the account alone', async (t) => {
  const { anonymous, link, em, people } = await emptyDatabase(t)
  await rows(
    em,
    sql`
    insert into retailer (name, country, time_zone, currency, locale) values ('Seeded', 'US', 'America/New_York', 'USD', 'en-US')
  `
  )
  const page = await anonymous.get(link)
  t.notMatch(page.body, '<select')
  t.match(words(page.body), 'The shop is already set up.')
  t.match(await anonymous.post(link, { ...ALL, name: 'Other' }), { statusCode: 303, headers: { location: '/groups' } })
  t.equal(await people(), 1)
  t.match(await row(em, sql`select name from retailer`), { name: 'Seeded' })
})
