import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { changeStaff, disable } from '../../src/staff/save.ts'
import { count, NOW, type Shop, testApp, words } from '../helper.ts'

async function admins({ em }: Shop): Promise<number[]> {
  const found = await rows(
    em,
    sql<{ id: number }>`
    select id from staff_member where role = 'admin' and disabled_at is null order by id
  `
  )
  return found.map(({ id }) => id)
}

async function addAdmin({ em }: Shop, email: string, hash: string | null = 'x'): Promise<number> {
  const [added] = await rows(
    em,
    sql<{ id: number }>`
    insert into staff_member (name, email, role, password_hash) values (${email}, ${email}, 'admin', ${hash}) returning id
  `
  )
  return added?.id ?? 0
}

t.test('the last admin can be neither disabled nor demoted', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const [id] = await admins(shop)
  const disabled = await admin.post(`/staff/${id}/disabling`)
  t.equal(disabled.statusCode, 409)
  t.match(words(disabled.body), 'This is the last admin who can sign in. Make someone else an admin first.')
  const demoted = await admin.post(`/staff/${id}/edit`, { name: 'New name', role: 'manager', version: 1 })
  t.equal(demoted.statusCode, 409)
  t.match(words(demoted.body), 'This is the last admin who can sign in.')
  t.match(demoted.body, 'value="New name"')
  t.same(await admins(shop), [id])
  t.equal((await admin.post(`/staff/${id}/edit`, { name: 'New name', role: 'admin', version: 1 })).statusCode, 303)
})

t.test('one who is only invited, or disabled, is no second admin', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const [id] = await admins(shop)
  const invited = await addAdmin(shop, 'invited@demo.test', null)
  const gone = await addAdmin(shop, 'gone@demo.test')
  t.equal((await admin.post(`/staff/${gone}/disabling`)).statusCode, 303)
  t.equal((await admin.post(`/staff/${id}/disabling`)).statusCode, 409)
  t.equal((await admin.post(`/staff/${invited}/disabling`)).statusCode, 303)
})

t.test('with another admin one may go, even oneself', async (t) => {
  const shop = await testApp(t)
  const admin = await shop.as('admin')
  const [id] = await admins(shop)
  const other = await addAdmin(shop, 'other@demo.test')
  t.equal((await admin.post(`/staff/${id}/disabling`)).statusCode, 303)
  t.equal((await admin.get('/staff')).statusCode, 303, 'signed out')
  t.same(await admins(shop), [other])
})

t.test('of two admins who take each other away at the same time one stays', async (t) => {
  const shop = await testApp(t)
  const [first = 0] = await admins(shop)
  const second = await addAdmin(shop, 'second@demo.test')
  const actor = { id: first, now: NOW }
  for (let round = 0; round < 20; round++) {
    await rows(
      shop.em,
      sql`update staff_member set role = 'admin', disabled_at = null, version = 1 where id in (${first}, ${second})`
    )
    const demotion = { name: 'X', role: 'staff' as const, version: 1 }
    const [one, two] = [shop.orm.em.fork(), shop.orm.em.fork()]
    const results = await Promise.allSettled([
      round % 2 ? disable(one, first, actor) : changeStaff(one, first, demotion, actor),
      round % 3 ? changeStaff(two, second, demotion, actor) : disable(two, second, actor)
    ])
    t.same(results.map(({ status }) => status).sort(), ['fulfilled', 'rejected'], `round ${round}`)
    t.equal((await admins(shop)).length, 1)
  }
})

t.test('the second waits for the first, and sees what it left', async (t) => {
  const shop = await testApp(t)
  const [first = 0] = await admins(shop)
  const second = await addAdmin(shop, 'second@demo.test')
  const slow = shop.orm.em.fork()
  await slow.begin()
  await disable(slow, first, { id: first, now: NOW })
  const other = disable(shop.orm.em.fork(), second, { id: second, now: NOW })
  const waiting = sql<{ n: number }>`
    select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'
  `
  while ((await count(shop.em, waiting)) === 0);
  await slow.commit()
  await t.rejects(other, { message: /last admin/ })
  t.same(await admins(shop), [second])
})
