import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { entriesOf, timelineOf, told } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const vip = await addGroup(em, 'VIP')
const email = 'before@example.com'
const mia = await addCustomer(em, { firstName: 'Mia', lastName: 'Wong', email })
const form = {
  firstName: 'Maria',
  lastName: 'Wongova',
  phone: '(206) 555-0123',
  email: 'after@example.com',
  location: 'Seattle'
}
await manager.post(`/customers/${mia}/edit`, { ...form, version: 1, primary: vip, primaryWas: 1 })

t.test('the database changes and deletes no entry', async (t) => {
  const before = await entriesOf(em)
  for (const statement of [
    sql`update activity set kind = 'joined'`,
    sql`delete from activity`,
    sql`update activity_value set after = 'x'`,
    sql`delete from activity_value`
  ]) {
    await t.rejects(rows(em, statement), { message: /What was done stays on record/ })
  }
  t.equal(await entriesOf(em), before)
})

t.test('erasing a customer leaves nothing personal in any table of the activity; what was done stays', async (t) => {
  const changed =
    'manager person changed Maria Wongova: first name Mia → Maria, last name Wong → Wongova, phone — → (206) 555-0123'
  t.match((await told(manager)).join(), changed)
  t.match(timelineOf((await manager.get(`/customers/${mia}`)).body).join(), changed)
  const before = await entriesOf(em)
  await rows(em, sql`delete from customer where id = ${mia}`)
  const kept = await rows(
    em,
    sql<{ all: string }>`
    select to_jsonb(activity)::text as all from activity union all select to_jsonb(activity_value)::text from activity_value`
  )
  const all = kept.map((one) => one.all).join()
  for (const value of ['Mia', 'Maria', 'Wong', '555', 'before@', 'after@', 'Seattle']) t.notMatch(all, value)
  t.equal(await entriesOf(em), before)
  t.match((await told(manager)).join(), 'manager person changed a deleted customer')
  t.match((await told(manager)).join(), 'manager person added a deleted customer to VIP')
  const page = await manager.get(`/activity?customer=${mia}`)
  t.match(words(page.body), 'Customer: a deleted customer')
  t.notMatch(page.body, `href="/customers/${mia}"`, 'no link to what is gone')
})

t.test('a group that is gone keeps the name it had, without a link', async (t) => {
  await manager.post(`/groups/${vip}/deletion`, { move: 'true' })
  const page = await manager.get('/activity')
  t.match(words(page.body), 'deleted VIP')
  t.notMatch(page.body, `href="/groups/${vip}"`)
})
