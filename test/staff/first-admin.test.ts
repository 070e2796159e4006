import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { createAdmin } from '../../src/staff/create.ts'
import { ensureFirstAdmin } from '../../src/staff/first-admin.ts'
import { findSetUp } from '../../src/staff/links.ts'
import { count, NOW, testApp } from '../helper.ts'

const NAMED = { ADMIN_EMAIL: 'boss@demo.test', ADMIN_PASSWORD: 'violet kettle rides north' }
const UNNAMED = { ADMIN_EMAIL: undefined, ADMIN_PASSWORD: undefined }

t.test('an empty database gets the admin that the environment names, who can sign in', async (t) => {
  const { em, anonymous } = await testApp(t, { retailer: false })
  t.equal(await ensureFirstAdmin(em, NAMED, NOW), null)
  t.equal(await ensureFirstAdmin(em, { ...NAMED, ADMIN_EMAIL: 'other@demo.test' }, NOW), null, 'only the first time')
  const staff = await rows(em, sql`select email, role from staff_member`)
  t.same(staff, [{ email: NAMED.ADMIN_EMAIL, role: 'admin' }])
  const answer = await anonymous.post('/sign-in', { email: NAMED.ADMIN_EMAIL, password: NAMED.ADMIN_PASSWORD })
  t.equal(answer.statusCode, 303)
})

t.test('without one there is a set-up link; each start makes the one before worthless', async (t) => {
  const { em } = await testApp(t, { retailer: false })
  const first = await ensureFirstAdmin(em, UNNAMED, NOW)
  const second = await ensureFirstAdmin(em, UNNAMED, NOW)
  t.equal(await findSetUp(em, first?.setUpToken ?? '', NOW), false)
  t.equal(await findSetUp(em, second?.setUpToken ?? '', NOW), true)
  await ensureFirstAdmin(em, NAMED, NOW)
  t.equal(await findSetUp(em, second?.setUpToken ?? '', NOW), false, 'as does an admin')
})

t.test('a database with staff gets neither', async (t) => {
  const { em } = await testApp(t)
  t.equal(await ensureFirstAdmin(em, NAMED, NOW), null)
  t.equal(await ensureFirstAdmin(em, UNNAMED, NOW), null)
  t.equal(await count(em, sql`select count(*)::int as n from staff_member`), 3)
  t.equal(await count(em, sql`select count(*)::int as n from one_time_link`), 0)
})

t.test('two processes that start at once make one admin, or one link', async (t) => {
  const { em, orm } = await testApp(t, { retailer: false })
  const start = (config: Parameters<typeof ensureFirstAdmin>[1]) =>
    Promise.all([1, 2, 3].map(() => ensureFirstAdmin(orm.em.fork(), config, NOW)))
  await start(UNNAMED)
  t.equal(await count(em, sql`select count(*)::int as n from one_time_link`), 1)
  await start(NAMED)
  t.equal(await count(em, sql`select count(*)::int as n from staff_member`), 1)
})

t.test('an e-mail that somebody has makes no second admin', async (t) => {
  const { em } = await testApp(t)
  const account = { name: 'Boss', email: 'staff@demo.test', password: 'violet kettle rides north' }
  await t.rejects(createAdmin(em, account), {
    message: 'staff person already uses this e-mail. Enter a different one.'
  })
})

t.test('a password that is easy to guess makes no admin', async (t) => {
  const { em } = await testApp(t, { retailer: false })
  for (const [ADMIN_PASSWORD, why] of [
    ['password1234', 'ADMIN_PASSWORD is not accepted. This password is easy to guess.'],
    ['boss@demo.test', 'easy to guess'],
    ['short', 'at least 12 characters']
  ] as const)
    await t.rejects(
      ensureFirstAdmin(em, { ...NAMED, ADMIN_PASSWORD }, NOW),
      { message: new RegExp(why) },
      ADMIN_PASSWORD
    )
  t.equal(await count(em, sql`select count(*)::int as n from staff_member`), 0)
})
