import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { idOf, mia } from './helper.ts'

t.test('only admins see or do anything here', async (t) => {
  const shop = await testApp(t)
  const { anonymous, as, em } = shop
  const id = await idOf(shop, 'staff@demo.test')
  const pages = ['/staff', '/staff/new', `/staff/${id}/edit`]
  const actions = [
    '/staff',
    `/staff/${id}/edit`,
    `/staff/${id}/link`,
    `/staff/${id}/disabling`,
    `/staff/${id}/enabling`
  ]
  for (const url of pages)
    t.equal((await anonymous.get(url)).headers.location, `/sign-in?next=${encodeURIComponent(url)}`)
  for (const url of actions) t.equal((await anonymous.post(url)).statusCode, 401)
  for (const role of ['staff', 'manager'] as const) {
    const person = await as(role)
    for (const url of pages) {
      const answer = await person.get(url)
      t.equal(answer.statusCode, 403, `${role} ${url}`)
      t.match(words(answer.body), 'Only admins can see this page.')
    }
    for (const url of actions) {
      const answer = await person.post(url, { ...mia(), version: 1 })
      t.equal(answer.statusCode, 403, `${role} ${url}`)
      t.match(words(answer.body), 'Only admins can do this.')
    }
    t.notMatch((await person.get('/groups')).body, 'href="/staff"', 'nor is it shown')
  }
  t.equal(
    await count(em, sql`select count(*)::int as n from staff_member where disabled_at is null and version = 1`),
    3
  )
  t.equal(await count(em, sql`select count(*)::int as n from one_time_link`), 0)
})

t.test('the list says who everybody is', async (t) => {
  const { as, em } = await testApp(t)
  await rows(
    em,
    sql`
    insert into staff_member (name, email, role, disabled_at, created_at) values
      ('Zoë <b>', 'zoe@demo.test', 'manager', null, '2026-01-31T12:00Z'),
      ('Ann', 'ann@demo.test', 'staff', now(), '2026-02-01T03:00Z')
  `
  )
  const page = await (await as('admin')).get('/staff')
  t.equal(page.statusCode, 200)
  const text = words(page.body)
  t.match(text, '5 accounts')
  t.match(text, 'Ann ann@demo.test Staff Jan 31, 2026 Disabled Edit Enable', 'the day it was in the shop')
  t.match(text, 'admin person you admin@demo.test Admin')
  t.match(text, 'Zoë <b> zoe@demo.test Manager Jan 31, 2026 Invited Edit New invitation link Disable')
  t.notMatch(page.body, 'Zoë <b>')
  t.ok(text.indexOf('admin@demo.test') < text.indexOf('ann@demo.test'), 'sorted by name')
})

t.test('ids that name nobody are not found', async (t) => {
  const { as } = await testApp(t)
  const admin = await as('admin')
  for (const id of ['999', '0', '-1', '1.5', 'x', '2147483648', '99999999999999999999', '%00', '1%20or%201=1']) {
    t.equal((await admin.get(`/staff/${id}/edit`)).statusCode, 404, id)
    for (const verb of ['edit', 'link', 'disabling', 'enabling']) {
      t.equal(
        (await admin.post(`/staff/${id}/${verb}`, { name: 'X', role: 'staff', version: 1 })).statusCode,
        404,
        `${id} ${verb}`
      )
    }
  }
})
