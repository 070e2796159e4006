import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { count, testApp } from '../helper.ts'
import { fieldValue } from '../page.ts'
import { addCustomer, addGroup, addList } from '../shop.ts'
import { problems, raw, ways, wrongWith } from './nasty.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const post = raw(shop, manager)
const group = await addGroup(em, 'Group')
const list = await addList(em, 'List')
const customer = await addCustomer(em, { firstName: 'Ann', group, lists: [list] })

let made = 0
const words = () => ({ name: `Made ${made++}`, description: 'd' })
const person = () => ({
  firstName: 'Bob',
  lastName: 'B',
  phone: '',
  email: `made${made++}@example.com`,
  birthDate: '1990-01-01',
  gender: 'male',
  location: 'Rome'
})
const groups = { primary: '1', primaryWas: '1', lists: `${list}`, listsWas: `${list}` }

/** A form that is right but for one field, which is sent in every wrong way; an edit one after the other, not to be outdated. */
async function allWays(path: string, form: () => Promise<Record<string, string>>, names?: string[]) {
  const met: string[] = []
  for (const name of names ?? Object.keys(await form())) {
    const ask = async (field: string) => {
      const others = Object.entries(await form()).filter(([one]) => one !== name)
      return post(path, `${new URLSearchParams(others)}&${field}`)
    }
    const found = await problems([...ways(name), ['missing', '']], ask, path.endsWith('/edit') ? { atOnce: 1 } : {})
    met.push(...found.map((problem) => `${name}, ${problem}`))
  }
  return met
}

const version = async (table: string, id: number) => {
  const found = await row(em, sql<{ version: number }>`select version from ${sql.table(table)} where id = ${id}`)
  return `${found?.version}`
}

t.test('nothing in a new group’s form breaks it', async (t) => {
  const form = async () => ({ ...words(), kind: 'primary', allowsDiscounts: 'true', key: randomUUID() })
  t.same(await allWays('/groups', form), [])
})

t.test('nothing in a group’s edit form breaks it', async (t) => {
  const form = async () => ({ ...words(), allowsOnAccount: 'true', version: await version('customer_group', group) })
  t.same(await allWays(`/groups/${group}/edit`, form), [])
  const ofWalkIn = async () => ({ name: 'X', allowsOnAccount: 'true', version: await version('customer_group', 2) })
  t.same(await allWays('/groups/2/edit', ofWalkIn), [])
})

t.test('nothing in the forms that add, remove and delete breaks them', async (t) => {
  t.same(await allWays(`/groups/${list}/add`, async () => ({ ids: `${customer}`, q: '' })), [])
  t.same(await allWays(`/groups/${list}/customers/removal`, async () => ({ ids: `${customer}`, back: '/groups' })), [])
  t.same(await allWays(`/groups/${group}/deletion`, async () => ({ move: 'no' })), [])
})

t.test('nothing in a customer’s form breaks it', async (t) => {
  const searches = { find: '', primaryQuery: '', listsQuery: '' }
  const form = async () => ({ ...person(), ...groups, ...searches, key: randomUUID() })
  const unlike = ['firstName', 'phone', 'email', 'birthDate', 'gender', 'primary', 'lists', 'find', 'listsQuery', 'key']
  t.same(await allWays('/customers', form, unlike), [])
  const edit = async () => ({ ...person(), ...groups, version: await version('customer', customer) })
  // The fields that a new customer's form has not got, or that mean something else here.
  const own = ['birthDate', ...Object.keys(groups), 'version']
  t.same(await allWays(`/customers/${customer}/edit`, edit, own), [])
  t.equal(await count(em, sql`select count(*)::int as n from customer where id = 1 and name = 'Walk-in customer'`), 1)
})

t.test('nothing in the forms of an account, or that delete a customer, breaks them', async (t) => {
  const account = `/customers/${customer}/account`
  const entry = async () => ({ amount: '5', reason: 'Because', key: randomUUID() })
  const paid = { tender: 'card', paidOn: '2026-03-02', reference: 'R 1', sure: '' }
  const payment = async () => ({ ...paid, amount: '5', key: randomUUID() })
  t.same(await allWays(`${account}/payments`, payment), [])
  t.same(await allWays(`${account}/adjustments`, entry), [])
  t.same(await allWays(`/customers/${customer}/deletion`, async () => ({ name: 'no', back: '/customers' })), [])
  t.equal(await count(em, sql`select count(*)::int as n from customer where id = ${customer}`), 1)
})

t.test('what was typed stays as it was typed, whatever it is', async (t) => {
  const texts = [
    `"'><script>alert(1)</script>`,
    "'; drop table customer; --",
    '🧑‍💻 שלום',
    'a\u202eb',
    'a\u0000b',
    '<%= it.user %>',
    '&amp;&lt;'
  ]
  for (const text of texts) {
    const group = await manager.post('/groups', {
      name: `${text}${'x'.repeat(80)}`,
      description: text,
      kind: 'list',
      key: randomUUID()
    })
    t.equal(group.statusCode, 422, text)
    t.equal(fieldValue(group.body, 'name'), `${text}${'x'.repeat(80)}`)
    t.equal(fieldValue(group.body, 'description'), text)
    t.equal(wrongWith(group), null)
    const fields = { firstName: text, lastName: text, phone: text, email: text, birthDate: text, location: text }
    const customer = await manager.post('/customers', { ...fields, key: randomUUID() })
    t.equal(customer.statusCode, 422, text)
    for (const name of Object.keys(fields)) t.equal(fieldValue(customer.body, name), text, name)
    t.equal(wrongWith(customer), null)
  }
})

t.test('what was accepted is shown as text everywhere', async (t) => {
  const name = `"'><script>alert(2)</script>`
  const made = await manager.post('/groups', { name, description: name, kind: 'list', key: randomUUID() })
  t.equal(made.statusCode, 303)
  const joined = String(made.headers.location).split('/')[2] ?? ''
  const form = {
    firstName: name,
    lastName: name,
    location: name,
    email: 'script@example.com',
    lists: joined,
    key: randomUUID()
  }
  const person = await manager.post('/customers', form)
  t.equal(person.statusCode, 303)
  const groupUrl = String(made.headers.location)
  const pages = [
    '/groups',
    groupUrl,
    `${groupUrl}/customers`,
    `${groupUrl}/products`,
    `${groupUrl}/add`,
    `${groupUrl}/edit`,
    `${groupUrl}/delete`
  ]
  const more = [
    '/customers',
    String(person.headers.location),
    `${person.headers.location}/edit`,
    `${person.headers.location}/orders`,
    `${person.headers.location}/account`,
    `${person.headers.location}/account/payments`,
    `${person.headers.location}/delete`,
    '/customers/choices',
    `/customers?group=${encodeURIComponent(name)}&q=script`
  ]
  for (const url of [...pages, ...more]) {
    const page = await manager.get(url)
    t.equal(page.statusCode, 200, url)
    t.notMatch(page.body, '<script>alert', url)
    t.match(page.body, '&lt;script&gt;alert(2)', url)
  }
})
