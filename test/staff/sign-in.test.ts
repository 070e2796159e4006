import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { client, PASSWORD, testApp, words } from '../helper.ts'

const ADMIN = 'admin@demo.test'
const WRONG = 'The e-mail or password is wrong.'

t.test('a person signs in and lands where they wanted to go', async (t) => {
  const { anonymous } = await testApp(t)
  const refused = await anonymous.get('/customers?q=jos%C3%A9')
  t.equal(refused.statusCode, 303)
  t.equal(refused.headers.location, '/sign-in?next=%2Fcustomers%3Fq%3Djos%25C3%25A9')
  const page = await anonymous.get(String(refused.headers.location))
  t.match(page.body, '<input type="hidden" name="next" value="/customers?q=jos%C3%A9">')
  t.match(page.body, /autocomplete="username"[^>]*|inputmode="email"/)
  t.match(page.body, 'autocomplete="current-password"')
  const entered = await anonymous.post('/sign-in', {
    email: ` ${ADMIN.toUpperCase()} `,
    password: PASSWORD,
    next: '/customers?q=jos%C3%A9'
  })
  t.equal(entered.statusCode, 303)
  t.equal(entered.headers.location, '/customers?q=jos%C3%A9')
  t.equal((await anonymous.get('/customers')).statusCode, 200)
})

t.test('who is signed in already is sent on; signing out ends it', async (t) => {
  const { as } = await testApp(t)
  const staff = await as('staff')
  t.equal((await staff.get('/sign-in')).headers.location, '/customers')
  t.equal((await staff.get('/sign-in?next=/customers')).headers.location, '/customers')
  const token = staff.cookies.get('session') ?? ''
  const left = await staff.post('/sign-out')
  t.equal(left.headers.location, '/sign-in')
  t.match(words((await staff.get('/sign-in')).body), 'You are signed out.')
  staff.cookies.set('session', token)
  t.equal((await staff.get('/groups')).headers.location, '/sign-in?next=%2Fgroups', 'also for who kept the cookie')
})

t.test('another site is never where one lands', async (t) => {
  const { anonymous } = await testApp(t)
  for (const next of [
    '//evil.example',
    '/\\evil.example',
    'https://evil.example',
    '/a\r\nSet-Cookie: a=b',
    '/日本',
    'javascript:alert(1)',
    '/\t/evil.example'
  ]) {
    const response = await anonymous.post('/sign-in', { email: ADMIN, password: PASSWORD, next })
    t.equal(response.headers.location, '/groups', JSON.stringify(next))
  }
  t.equal((await anonymous.get('/sign-in?next=//evil.example')).headers.location, '/groups')
})

t.test('an unknown address, a wrong password and a disabled person get the same answer', async (t) => {
  const { anonymous, em } = await testApp(t)
  await rows(em, sql`update staff_member set disabled_at = now() where email = 'staff@demo.test'`)
  await rows(em, sql`insert into staff_member (name, email, role) values ('Invited', 'invited@demo.test', 'staff')`)
  const tries = [
    ['nobody@demo.test', PASSWORD],
    [ADMIN, 'not this one'],
    ['staff@demo.test', PASSWORD],
    ['invited@demo.test', PASSWORD]
  ]
  for (const [email = '', password = ''] of tries) {
    const response = await anonymous.post('/sign-in', { email, password })
    t.equal(response.statusCode, 422, email)
    t.match(words(response.body), WRONG)
    t.match(response.body, `value="${email}"`, 'the e-mail stays')
    t.notMatch(response.body, password, 'the password does not')
    t.equal(response.cookies.length, 0)
  }
})

t.test('an unknown address costs as much work as a known one', async (t) => {
  const { anonymous, em } = await testApp(t)
  // With the hash that a real account has; the tests' own is a cheap one.
  const { hashPassword } = await import('../../src/staff/passwords.ts')
  await rows(em, sql`update staff_member set password_hash = ${await hashPassword(PASSWORD)} where email = ${ADMIN}`)
  const times = { known: 0, unknown: 0 }
  for (let round = 0; round < 6; round++) {
    for (const [kind, email] of [
      ['known', ADMIN],
      ['unknown', `nobody${round}@demo.test`]
    ] as const) {
      await rows(em, sql`delete from sign_in_attempt`)
      const start = performance.now()
      await anonymous.post('/sign-in', { email, password: 'not this one' })
      if (round > 0) times[kind] += performance.now() - start
    }
  }
  const ratio = times.unknown / times.known
  t.ok(ratio > 0.4 && ratio < 2.5, `unknown takes ${ratio.toFixed(2)} of the time of known`)
})

t.test('what is missing or odd is said by the field, and never breaks anything', async (t) => {
  const { anonymous } = await testApp(t)
  const cases: [Record<string, string | string[]>, string][] = [
    [{}, 'Enter your e-mail.'],
    [{ email: ADMIN }, 'Enter your password.'],
    [{ email: '', password: '' }, 'There are 2 problems'],
    [{ email: 'a'.repeat(300), password: 'x' }, 'The e-mail must have at most 254 characters.'],
    [{ email: 'a\0b@demo.test', password: 'x' }, 'The e-mail has characters that can’t be shown. Type it again.'],
    [
      { email: '\u202eadmin@demo.test', password: 'x' },
      'The e-mail has characters that can’t be shown. Type it again.'
    ],
    [{ email: [ADMIN, ADMIN], password: PASSWORD }, 'The e-mail must be text.'],
    [{ email: ADMIN, password: [PASSWORD, PASSWORD] }, 'Enter your password.'],
    [{ email: '😀', password: '😀\0' }, WRONG],
    [{ email: '<script>alert(1)</script>', password: 'x' }, WRONG],
    [{ email: "' or 1=1 --", password: "' or 1=1 --" }, WRONG],
    [{ email: 'x@demo.test', password: 'x'.repeat(60_000) }, WRONG]
  ]
  for (const [form, sentence] of cases) {
    const response = await anonymous.post('/sign-in', form)
    t.equal(response.statusCode, 422, sentence)
    t.match(words(response.body), sentence)
    t.notMatch(response.body, '<script>alert')
  }
})

t.test('bodies of other kinds are refused in words', async (t) => {
  const { anonymous } = await testApp(t)
  const multipart = await anonymous.post('/sign-in', {}, { 'content-type': 'multipart/form-data; boundary=x' })
  t.equal(multipart.statusCode, 415)
  t.match(words(multipart.body), 'does not understand this kind of request')
  const huge = await anonymous.post('/sign-in', { email: 'x', password: 'x'.repeat(1_100_000) })
  t.equal(huge.statusCode, 413)
})

t.test(
  'signing in always opens a new session; one brought along, planted or old, is worth nothing after',
  async (t) => {
    const { anonymous, em } = await testApp(t)
    anonymous.cookies.set('session', 'planted')
    await anonymous.post('/sign-in', { email: ADMIN, password: PASSWORD })
    const first = anonymous.cookies.get('session') ?? ''
    t.match(first, /^[\w-]{43}$/)
    await anonymous.post('/sign-in', { email: ADMIN, password: PASSWORD })
    const second = anonymous.cookies.get('session') ?? ''
    t.not(first, second)
    t.equal((await anonymous.get('/groups')).statusCode, 200)
    anonymous.cookies.set('session', first)
    t.equal((await anonymous.get('/groups')).statusCode, 303)
    const kept = await rows(em, sql<{ token_hash: Buffer }>`select token_hash from session`)
    t.equal(kept.length, 1)
    t.notMatch(String(kept[0]?.token_hash), second, 'only its hash is kept')
  }
)

t.test('tampered session cookies sign nobody in', async (t) => {
  const { app } = await testApp(t)
  for (const token of ['', 'x', 'a'.repeat(4000), '%00', '%F0%9F%98%80', '..%2F..', "'; drop table session"]) {
    const browser = client(app)
    browser.cookies.set('session', token)
    t.equal((await browser.get('/groups')).statusCode, 303, token.slice(0, 20))
  }
})

t.test(
  'staff begin at the customers, managers and admins at the groups, unless they were on their way elsewhere',
  async (t) => {
    const shop = await testApp(t)
    t.equal((await shop.anonymous.get('/')).headers.location, '/sign-in')
    for (const [role, home] of [
      ['staff', '/customers'],
      ['manager', '/groups'],
      ['admin', '/groups']
    ] as const) {
      const form = { email: `${role}@demo.test`, password: PASSWORD }
      t.equal((await shop.anonymous.post('/sign-in', form)).headers.location, home, role)
      const elsewhere = await shop.anonymous.post('/sign-in', { ...form, next: '/groups/1' })
      t.equal(elsewhere.headers.location, '/groups/1', role)
      const browser = await shop.as(role)
      t.equal((await browser.get('/')).headers.location, home, role)
      t.equal((await browser.get('/sign-in')).headers.location, home, role)
    }
  }
)
