import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, type Form, testApp, words } from '../helper.ts'
import { flashOf, linkNamed } from '../page.ts'
import { addCustomers, addGroup, addList, DEFAULT, groupsOf, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

const isThere = async (id: number) =>
  (await count(em, sql`select count(*)::int as n from customer_group where id = ${id}`)) === 1

t.test('a primary group with customers is refused, with their number and the way on', async (t) => {
  const vip = await addGroup(em, 'VIP')
  const customers = await addCustomers(em, ['Ann', 'Bob', 'Cem'], { group: vip })
  const question = await manager.get(`/groups/${vip}/delete`)
  t.match(words(question.body), 'Delete VIP? 3 customers are still in VIP, so it can’t be deleted yet.')
  t.match(words(question.body), 'Move 3 customers to Default and delete')
  t.match(question.body, /name="move" value="true"/)
  t.equal(linkNamed(question.body, 'Bulk Remove'), `/groups/${vip}/remove`, 'the other way on')

  const refused = await manager.post(`/groups/${vip}/deletion`)
  t.equal(refused.statusCode, 409)
  t.match(words(refused.body), 'There are still customers in VIP, so it can’t be deleted yet.')
  t.match(words(refused.body), 'Move 3 customers to Default and delete')
  t.ok(await isThere(vip))
  for (const id of customers) t.same(await groupsOf(em, id), ['VIP'])

  const done = await manager.post(`/groups/${vip}/deletion`, { move: 'true' })
  t.equal(done.statusCode, 303)
  t.equal(done.headers.location, '/groups')
  t.equal(flashOf(manager), 'VIP was deleted. 3 customers moved to Default.')
  t.notOk(await isThere(vip))
  for (const id of customers) t.same(await groupsOf(em, id), ['Default'])
  const [joined] = await rows(
    em,
    sql`select joined_at::text, joined_by from primary_membership where customer_id = ${customers[0]}`
  )
  t.match(joined, { joined_at: '2026-03-02 14:00:00+00', joined_by: 2 }, 'since when, and by whom')
})

t.test('an empty group goes at once, and its name is free again', async (t) => {
  const gone = await addGroup(em, 'Short-lived')
  t.match(words((await manager.get(`/groups/${gone}/delete`)).body), 'Short-lived has no customers.')
  t.equal((await manager.post(`/groups/${gone}/deletion`)).statusCode, 303)
  t.equal(flashOf(manager), 'Short-lived was deleted.')
  t.equal((await manager.get(`/groups/${gone}`)).statusCode, 404)
  t.equal((await manager.post(`/groups/${gone}/deletion`)).statusCode, 404, 'once')
  const again = await manager.post('/groups', { name: 'Short-lived', kind: 'list', key: randomUUID() })
  t.equal(again.statusCode, 303)
})

t.test('a list goes with its memberships, after a confirmation that names the number', async (t) => {
  const list = await addList(em, 'Letters')
  const [one = 0, two = 0] = await addCustomers(em, ['Dea', 'Eve'], { lists: [list] })
  const text = words((await manager.get(`/groups/${list}/delete`)).body)
  t.match(text, '2 customers are on this list. They stay customers')
  t.match(text, '2 customers are on this list')
  await manager.post(`/groups/${list}/deletion`)
  t.equal(flashOf(manager), 'Letters was deleted. 2 customers were on it.')
  t.same([await groupsOf(em, one), await groupsOf(em, two)], [['Default'], ['Default']])
  t.equal(await count(em, sql`select count(*)::int as n from list_membership where group_id = ${list}`), 0)
})

t.test('one customer is one customer', async (t) => {
  const group = await addGroup(em, 'Single')
  await addCustomers(em, ['Fay'], { group })
  t.match(words((await manager.get(`/groups/${group}/delete`)).body), '1 customer is still in Single')
  await manager.post(`/groups/${group}/deletion`, { move: 'true' })
  t.equal(flashOf(manager), 'Single was deleted. 1 customer moved to Default.')
})

t.test('Default and Walk-in can’t be deleted', async (t) => {
  for (const [id, name] of [
    [DEFAULT, 'Default'],
    [WALK_IN, 'Walk-in']
  ] as const) {
    const page = await manager.get(`/groups/${id}/delete`)
    t.match(words(page.body), `${name} is built in and can’t be deleted.`)
    t.notMatch(page.body, 'deletion')
    for (const form of [{}, { move: 'true' }] as Form[]) {
      const refused = await manager.post(`/groups/${id}/deletion`, form)
      t.equal(refused.statusCode, 409)
      t.match(words(refused.body), `${name} is built in and can’t be deleted.`)
    }
    t.ok(await isThere(id))
  }
})

t.test('in a window the answer is a part of the page', async (t) => {
  const group = await addGroup(em, 'Windowed')
  await addCustomers(em, ['Gus'], { group })
  const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' }
  t.match((await manager.part(`/groups/${group}/delete`)).body.trim(), /^<div class="dialog-content">/)
  const refused = await manager.post(`/groups/${group}/deletion`, {}, htmx)
  t.equal(refused.statusCode, 409)
  t.match(refused.body.trim(), /^<div class="dialog-content">/)
  t.match(words(refused.body), 'Windowed was not deleted')
  const done = await manager.post(`/groups/${group}/deletion`, { move: 'true' }, htmx)
  t.equal(done.headers['hx-redirect'], '/groups')
})
