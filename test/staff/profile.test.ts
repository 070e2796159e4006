import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { since } from '../activity/helper.ts'
import { client, NOW, PASSWORD, testApp, words } from '../helper.ts'
import { CHOSEN } from './helper.ts'

t.test('everybody has a profile, linked from every page; nobody without a sign-in', async (t) => {
  const { anonymous, as } = await testApp(t)
  t.equal((await anonymous.get('/profile')).headers.location, '/sign-in?next=%2Fprofile')
  t.equal((await anonymous.post('/profile/password', { current: PASSWORD, password: CHOSEN })).statusCode, 401)
  for (const role of ['staff', 'manager', 'admin'] as const) {
    const person = await as(role)
    const page = await person.get('/profile')
    t.equal(page.statusCode, 200)
    t.match(words(page.body), new RegExp(`Name ${role} person E-mail ${role}@demo.test Role ${role}`, 'i'))
    t.match((await person.get('/groups')).body, 'href="/profile"')
  }
})

t.test('a person changes their own password; their other sessions end, this one goes on', async (t) => {
  const { app, as, em } = await testApp(t)
  const here = await as('staff')
  const elsewhere = await as('staff')
  const before = here.cookies.get('session')
  const answer = await here.post('/profile/password', { current: PASSWORD, password: CHOSEN })
  t.equal(answer.headers.location, '/profile')
  t.match(words((await here.get('/profile')).body), 'You changed your password. You are signed out everywhere else.')
  t.not(here.cookies.get('session'), before, 'with a new session')
  t.equal((await elsewhere.get('/groups')).statusCode, 303)
  const enter = (password: string) => client(app).post('/sign-in', { email: 'staff@demo.test', password })
  t.equal((await enter(PASSWORD)).statusCode, 422)
  t.equal((await enter(CHOSEN)).statusCode, 303)
  const [kept] = await rows(
    em,
    sql<{ hash: string }>`select password_hash as hash from staff_member where email = 'staff@demo.test'`
  )
  t.match(kept?.hash, /^\$argon2id\$v=19\$m=19456,(t=2,p=1|p=1,t=2)\$/)
})

t.test('an accented letter is the same however a keyboard writes it', async (t) => {
  const { app, as } = await testApp(t)
  const staff = await as('staff')
  await staff.post('/profile/password', { current: PASSWORD, password: 'caf\u00e9 kettle rides north' })
  const answer = await client(app).post('/sign-in', {
    email: 'staff@demo.test',
    password: 'cafe\u0301 kettle rides north'
  })
  t.equal(answer.statusCode, 303)
})

t.test('what is wrong is said by the field, and nothing changes', async (t) => {
  const { as } = await testApp(t)
  const staff = await as('staff')
  const cases: [Record<string, string>, string][] = [
    [{}, 'There are 2 problems'],
    [{ current: PASSWORD }, 'Enter a password.'],
    [{ password: CHOSEN }, 'Enter your current password.'],
    [{ current: PASSWORD, password: 'short' }, 'The password must have at least 12 characters.'],
    [{ current: PASSWORD, password: 'staff person staff' }, 'This password is easy to guess.'],
    [{ current: 'not this one', password: CHOSEN }, 'This is not your current password.'],
    [{ current: '\0😀', password: CHOSEN }, 'This is not your current password.']
  ]
  for (const [form, sentence] of cases) {
    const answer = await staff.post('/profile/password', form)
    t.equal(answer.statusCode, 422, sentence)
    t.match(words(answer.body), sentence)
    t.notMatch(answer.body, CHOSEN)
  }
  t.equal((await as('staff')).cookies.has('session'), true)
})

t.test('whoever guesses at an open browser is slowed down', async (t) => {
  const { as } = await testApp(t)
  const staff = await as('staff')
  for (let n = 0; n < 5; n++) {
    t.equal((await staff.post('/profile/password', { current: 'not this one', password: CHOSEN })).statusCode, 422)
  }
  const slowed = await staff.post('/profile/password', { current: PASSWORD, password: CHOSEN })
  t.equal(slowed.statusCode, 429)
  t.match(words(slowed.body), 'Too many tries for this account.')
  const other = await as('manager')
  t.equal((await other.post('/profile/password', { current: PASSWORD, password: CHOSEN })).statusCode, 303)
})

t.test('somebody signs out everywhere: their other sessions end, those of others and this one go on', async (t) => {
  let now = NOW
  const { anonymous, as, em } = await testApp(t, { clock: () => now })
  const forgotten = await as('staff')
  now = new Date(NOW.getTime() + 13 * 60 * 60_000)
  const [here, elsewhere, phone, other] = [await as('staff'), await as('staff'), await as('staff'), await as('manager')]
  t.equal((await forgotten.get('/groups')).statusCode, 303, 'it had ended by itself, so it does not count')
  t.match(words((await here.get('/profile')).body), 'You are signed in here and on 2 other browsers.')
  const told = await since(other, em, () => here.post('/profile/sign-out-everywhere'))
  t.same(told, ['staff person signed out of 2 other browsers'])
  const page = words((await here.get('/profile')).body)
  t.match(page, 'You signed out of 2 other browsers. You are still signed in here.')
  t.match(page, 'You are signed in only here.')
  for (const browser of [elsewhere, phone]) t.equal((await browser.get('/groups')).statusCode, 303)
  t.equal((await other.get('/groups')).statusCode, 200)
  t.same(await since(other, em, () => here.post('/profile/sign-out-everywhere')), [], 'a repeat')
  t.match(words((await here.get('/profile')).body), 'You were not signed in anywhere else.')
  t.equal((await anonymous.post('/profile/sign-out-everywhere')).statusCode, 401)
})
