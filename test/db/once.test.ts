import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { forgetOldKeys } from '../../src/db/once.ts'
import { rows } from '../../src/db/rows.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { addCustomer, owe } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const admin = await shop.as('admin')
const group = (key: string) => ({ name: `Group ${key}`, description: '', kind: 'list', key })
const invitation = (key: string) => ({ name: 'Mia', email: `mia-${key}@demo.test`, role: 'staff', key })
const person = (key: string) => ({ firstName: 'Ann', email: `ann-${key}@example.com`, key })

t.test('the key of one form is no answer to another', async (t) => {
  const key = randomUUID()
  const made = await admin.post('/groups', group(key))
  t.equal(made.statusCode, 303)
  const [one, two] = [await addCustomer(em, { firstName: 'One' }), await addCustomer(em, { firstName: 'Two' })]
  for (const customer of [one, two]) await owe(em, customer, '20')
  for (const [path, form] of [
    ['/staff', invitation(key)],
    ['/customers', person(key)],
    [`/customers/${one}/account/payments`, { amount: '5', tender: 'cash', key }]
  ] as const) {
    const answer = await admin.post(path, form)
    t.equal(answer.statusCode, 409, path)
    t.match(words(answer.body), 'This form was already sent. To send another, open the page again.')
  }
  t.equal((await admin.post('/groups', group(key))).headers.location, made.headers.location, 'its own it answers')
  const paid = { amount: '5', tender: 'cash', key: randomUUID() }
  t.equal((await admin.post(`/customers/${one}/account/payments`, paid)).statusCode, 303)
  t.equal((await admin.post(`/customers/${two}/account/payments`, paid)).statusCode, 409, 'nor is one customer another')
})

t.test('nor is somebody else’s; one from before is', async (t) => {
  const key = randomUUID()
  const made = await admin.post('/groups', group(key))
  const manager = await shop.as('manager')
  t.equal((await manager.post('/groups', group(key))).statusCode, 409)
  await rows(em, sql`update form_key set form = null, staff_member_id = null`)
  t.equal((await manager.post('/groups', group(key))).headers.location, made.headers.location)
})

t.test('keys are kept for thirty days', async (t) => {
  await rows(em, sql`update form_key set created_at = ${NOW}`)
  await forgetOldKeys(em, new Date(NOW.getTime() + 29 * 24 * 60 * 60 * 1000))
  t.not(await count(em, sql`select count(*)::int as n from form_key`), 0)
  await forgetOldKeys(em, new Date(NOW.getTime() + 31 * 24 * 60 * 60 * 1000))
  t.equal(await count(em, sql`select count(*)::int as n from form_key`), 0)
})
