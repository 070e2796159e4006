import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { fieldValue } from '../page.ts'
import { KEPT } from '../retailer/kept.ts'
import { addCustomer, addGroup } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop

t.test('of two who edit a group at once the second sees both versions', async (t) => {
  const manager = await shop.as('manager')
  const group = await addGroup(em, 'Fought over')
  const edits = ['Mine', 'Yours'].map((name) => ({ name, description: `${name} it is`, version: 1 }))
  const answers = await Promise.all(edits.map((form) => manager.post(`/groups/${group}/edit`, form)))
  t.same(answers.map((one) => one.statusCode).sort(), [303, 409])
  const [kept, lost] = answers[0]?.statusCode === 303 ? ['Mine', 'Yours'] : ['Yours', 'Mine']
  const told = answers.find((one) => one.statusCode === 409)?.body ?? ''
  t.match(words(told), new RegExp(`Their version, saved.*${kept} it is.*Your version, not saved.*${lost} it is`))
  t.equal(fieldValue(told, 'name'), lost)
  t.equal(fieldValue(told, 'description'), `${lost} it is`)
  t.equal(fieldValue(told, 'version'), '2')
  t.match(await row(em, sql`select name, version from customer_group where id = ${group}`), { name: kept, version: 2 })
})

t.test('a save that changes nothing is a version too, which the next has to have seen', async (t) => {
  const admin = await shop.as('admin')
  const group = await addGroup(em, 'As it was')
  const customer = await addCustomer(em, { firstName: 'Ann', email: 'ann@example.com' })
  const staff = await row(em, sql<{ id: number; name: string }>`select id, name from staff_member where role = 'staff'`)
  const forms = [
    [`/groups/${group}/edit`, { name: 'As it was' }],
    [`/customers/${customer}/edit`, { firstName: 'Ann', email: 'ann@example.com' }],
    [`/staff/${staff?.id}/edit`, { name: staff?.name ?? '', role: 'staff' }],
    ['/settings', { ...KEPT }]
  ] as const
  for (const [path, form] of forms) {
    t.equal((await admin.post(path, { ...form, version: 1 })).statusCode, 303, path)
    const other = { ...form, ['name' in form ? 'name' : 'firstName']: 'Another' }
    t.equal((await admin.post(path, { ...other, version: 1 })).statusCode, 409, path)
    t.equal((await admin.post(path, { ...form, version: 2 })).statusCode, 303, path)
  }
})

t.test('the same form sent twice at once makes one group and one customer', async (t) => {
  const manager = await shop.as('manager')
  const group = { name: 'Once', kind: 'primary', key: randomUUID() }
  const customer = { firstName: 'Once', email: 'once@example.com', key: randomUUID() }
  for (const [path, form] of [
    ['/groups', group],
    ['/customers', customer]
  ] as const) {
    const answers = await Promise.all([1, 2, 3].map(() => manager.post(path, form)))
    t.same(
      answers.map((one) => one.statusCode),
      [303, 303, 303]
    )
    t.equal(new Set(answers.map((one) => one.headers.location)).size, 1)
    t.equal((await manager.post(path, form)).headers.location, answers[0]?.headers.location, 'and so later on')
  }
  t.equal(await count(em, sql`select count(*)::int as n from customer_group where name = 'Once'`), 1)
  t.equal(await count(em, sql`select count(*)::int as n from customer where first_name = 'Once'`), 1)
})

t.test('two forms that want one name, phone or e-mail at once: one gets it, the other is shown who', async (t) => {
  const manager = await shop.as('manager')
  const forms = [
    ['/groups', { name: 'Wanted', kind: 'list' }, 'There is already a group called Wanted.'],
    ['/customers', { firstName: 'Eve', phone: '(206) 555-0177' }, 'This phone belongs to Eve.'],
    ['/customers', { firstName: 'Eve', email: 'Eve@Example.com' }, 'This e-mail belongs to Eve.']
  ] as const
  for (const [path, form, sentence] of forms) {
    const answers = await Promise.all([1, 2, 3].map(() => manager.post(path, { ...form, key: randomUUID() })))
    t.same(answers.map((one) => one.statusCode).sort(), [303, 422, 422])
    const made = answers.find((one) => one.statusCode === 303)?.headers.location
    for (const { body } of answers.filter((one) => one.statusCode === 422)) {
      t.match(words(body), sentence)
      t.ok(body.includes(`href="${made}"`), 'with a link')
    }
  }
})
