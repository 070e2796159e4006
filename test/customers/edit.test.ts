import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { fieldValue, flashOf, linkNamed, selected, ticked } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

const kept = (id: number | string | undefined) =>
  row(
    em,
    sql`
    select first_name, last_name, phone, email, birth_date, gender, location, company, version from customer where id = ${Number(id)}`
  )
const idIn = (location: unknown) => Number(String(location).split('/')[2])

t.test('a new customer is kept as they are typed, tidied up, in Default unless the form says otherwise', async (t) => {
  const form = (await staff.get('/customers/new')).body
  t.equal(selected(form, 'primary'), '1')
  const key = fieldValue(form, 'key') ?? ''
  const typed = {
    firstName: '  José ',
    lastName: ' Ñandú',
    phone: '(206) 555-0123',
    email: ' Jose@Example.COM ',
    birthDate: '1984-02-29',
    gender: 'other',
    location: ' Zürich ',
    company: ' Ñandú & Söhne ',
    key
  }
  const made = await staff.post('/customers', { ...typed, primary: '1', primaryWas: '' })
  t.equal(made.statusCode, 303)
  t.equal(flashOf(staff), 'José Ñandú was added.')
  const id = idIn(made.headers.location)
  t.match(await kept(id), {
    first_name: 'José',
    last_name: 'Ñandú',
    phone: '+12065550123',
    email: 'jose@example.com',
    birth_date: '1984-02-29',
    gender: 'other',
    location: 'Zürich',
    company: 'Ñandú & Söhne'
  })
  t.same(await groupsOf(em, id), ['Default'])
  t.match(
    words((await staff.get(String(made.headers.location))).body),
    /Primary group Default since Mar 2, 2026, by staff person/
  )
  t.equal((await staff.post('/customers', typed)).headers.location, made.headers.location, 'a second click')
  t.equal(await count(em, sql`select count(*)::int as n from customer where id <> 1`), 1)
  const least = await staff.post('/customers', { firstName: 'Bo', email: 'bo@example.com', key: randomUUID() })
  t.match(await kept(idIn(least.headers.location)), {
    last_name: '',
    phone: null,
    birth_date: null,
    gender: null,
    location: null,
    company: null
  })
})

t.test('a new customer is put into the groups the form chooses', async (t) => {
  const [vip, one, two] = [await addGroup(em, 'VIP'), await addList(em, 'One'), await addList(em, 'Two')]
  const form = { firstName: 'Cem', email: 'cem@example.com', primary: vip, lists: [one, two], key: randomUUID() }
  const made = await staff.post('/customers', form)
  t.same(await groupsOf(em, idIn(made.headers.location)), ['VIP', 'One', 'Two'])
})

/** Beside the filter of a list they would be there twice. */
const FIELD_IDS: Record<string, string> = { gender: 'customer-gender', location: 'customer-location' }

t.test('what is wrong is told by its field, and what was typed stays as it was typed', async (t) => {
  const id = await addCustomer(em, { firstName: 'Dea', email: 'dea@example.com' })
  const right = { firstName: 'Dea', phone: '(206) 555.0100', email: 'Dea@Example.com', birthDate: '1990-01-01' }
  const wrongs: [string, string, RegExp][] = [
    ['firstName', '', /Enter a first name\./],
    ['firstName', '\u200b', /Enter a first name\./],
    ['firstName', 'x'.repeat(81), /The first name must have at most 80 characters\./],
    ['lastName', 'a\u0000b', /The last name has characters that can’t be shown\./],
    ['lastName', 'x'.repeat(5000), /The last name must have at most 80 characters\./],
    ['phone', '12', /Enter a phone number that exists/],
    ['phone', '555-0100', /Enter a phone number that exists/],
    ['phone', '+1 206 555 01000', /Enter a phone number that exists/],
    ['phone', '020 7946 0958', /Enter a phone number that exists/],
    ['email', 'dea@', /Enter an e-mail address such as name@example\.com\./],
    ['email', 'Déa <dea@example.com>', /Enter an e-mail address/],
    ['birthDate', '2023-02-29', /Enter a date that exists, as year-month-day: 1984-02-29\./],
    ['birthDate', '02/29/1984', /Enter a date that exists/],
    ['birthDate', '2026-03-03', /The birth date can’t be in the future\./],
    ['birthDate', '1899-12-31', /The birth date must be in 1900 or later\./],
    ['location', 'x'.repeat(81), /The location must have at most 80 characters\./],
    ['company', 'x'.repeat(81), /The company must have at most 80 characters\./],
    ['company', 'a\u202eb', /The company has characters that can’t be shown\./]
  ]
  for (const [name, value, sentence] of wrongs) {
    for (const path of ['/customers', `/customers/${id}/edit`]) {
      const form = { ...right, lastName: '<b> & "co"', [name]: value, key: randomUUID(), version: 1 }
      const answer = await staff.post(path, form)
      t.equal(answer.statusCode, 422, `${path} ${name} ${value.slice(0, 20)}`)
      t.match(words(answer.body), sentence)
      t.ok(answer.body.includes(`<a href="#${FIELD_IDS[name] ?? name}">`), 'the summary leads to the field')
      for (const one of ['firstName', 'lastName', 'phone', 'email', 'birthDate'] as const)
        t.equal(fieldValue(answer.body, one), form[one])
      t.notMatch(answer.body, '<b> &')
    }
  }
  const neither = await staff.post('/customers', { firstName: 'Dea', key: randomUUID() })
  t.match(words(neither.body), 'Enter a phone number or an e-mail address: one of the two.')
  t.equal(linkNamed(neither.body, 'Discard'), '/customers/new')
  const odd = await staff.post('/customers', { ...right, gender: 'robot', key: randomUUID() })
  t.match(words(odd.body), 'Choose a gender from the list.')
  const three = await staff.post('/customers', { birthDate: 'x', key: randomUUID() })
  t.match(words(three.body), /There are (2|3) problems Enter a first name\./)
  t.match(await kept(id), { email: 'dea@example.com', phone: null, version: 1 })
})

t.test('a phone or an e-mail that is taken names its owner and leads to them', async (t) => {
  const owner = await addCustomer(em, {
    firstName: 'Eve',
    lastName: 'O’Hara',
    phone: '+12065550144',
    email: 'eve@example.com'
  })
  const friend = await addCustomer(em, { firstName: 'Flo', email: 'flo@example.com' })
  const forms: [object, RegExp, string][] = [
    [{ phone: '206.555.0144' }, /This phone belongs to Eve O’Hara\./, 'phone'],
    [{ phone: '+1 (206) 555 0144', email: 'new@example.com' }, /This phone belongs to Eve O’Hara\./, 'phone'],
    [{ email: 'EVE@example.com' }, /This e-mail belongs to Eve O’Hara\./, 'email']
  ]
  for (const [form, sentence, field] of forms) {
    for (const path of ['/customers', `/customers/${friend}/edit`]) {
      const answer = await staff.post(path, { firstName: 'Flo', key: randomUUID(), version: 1, ...form })
      t.equal(answer.statusCode, 422)
      t.match(words(answer.body), sentence)
      t.equal(linkNamed(answer.body, 'Eve O’Hara'), `/customers/${owner}`)
      t.ok(answer.body.includes(`<a href="#${field}">`))
      t.equal(fieldValue(answer.body, field), Object.entries(form).find(([name]) => name === field)?.[1])
    }
  }
  const both = await staff.post('/customers', {
    firstName: 'X',
    phone: '2065550144',
    email: 'flo@example.com',
    key: randomUUID()
  })
  t.match(words(both.body), /There are 2 problems This phone belongs to Eve O’Hara\. This e-mail belongs to Flo\./)
  const own = await staff.post(`/customers/${owner}/edit`, {
    firstName: 'Eve',
    phone: '(206) 555-0144',
    email: 'eve@example.com',
    version: 1
  })
  t.equal(own.statusCode, 303, 'one’s own is not taken')
})

t.test('an edit changes what it says, and shows it', async (t) => {
  const id = await addCustomer(em, {
    firstName: 'Gus',
    lastName: 'Old',
    phone: '+12065550155',
    birthDate: '1990-05-05',
    gender: 'male'
  })
  const form = (await staff.get(`/customers/${id}/edit`)).body
  t.equal(fieldValue(form, 'phone'), '(206) 555-0155', 'as people write it here')
  t.equal(fieldValue(form, 'birthDate'), '1990-05-05')
  t.equal(selected(form, 'gender'), 'male')
  const saved = await staff.post(`/customers/${id}/edit`, {
    firstName: 'Gus',
    lastName: 'New',
    email: 'gus@example.com',
    version: 1
  })
  t.equal(saved.headers.location, `/customers/${id}`)
  t.equal(flashOf(staff), 'Gus New was saved.')
  t.match(await kept(id), {
    last_name: 'New',
    phone: null,
    email: 'gus@example.com',
    birth_date: null,
    gender: null,
    version: 2
  })
})

t.test('the walk-in customer can’t be edited', async (t) => {
  const answers = [
    await staff.get('/customers/1/edit'),
    await staff.post('/customers/1/edit', { firstName: 'X', email: 'x@example.com', version: 1 })
  ]
  for (const answer of answers) {
    t.equal(answer.statusCode, 409)
    t.match(words(answer.body), 'The walk-in customer is for sales to people who leave no name. It can’t be edited.')
  }
  t.match(await kept(1), { first_name: 'Walk-in', version: 1 })
})

t.test('the widest form there is goes through: of somebody who is in 900 lists', async (t) => {
  const id = await addCustomer(em, { firstName: 'Wide' })
  await rows(
    em,
    sql`insert into customer_group (kind, name) select 'list', 'Wide ' || n from generate_series(1, 900) n`
  )
  await rows(
    em,
    sql`
    insert into list_membership (customer_id, group_id, joined_at)
    select ${id}, id, now() from customer_group where name like 'Wide %'
  `
  )
  const form = (await staff.get(`/customers/${id}/edit`)).body
  const lists = ticked(form, 'lists')
  t.equal(lists.length, 900)
  const [left, ...stay] = lists
  const listsWas = fieldValue(form, 'listsWas') ?? ''
  const typed = { firstName: 'Wide', email: 'wide@example.com', primary: '1', primaryWas: '1', version: '1' }
  t.equal((await staff.post(`/customers/${id}/edit`, { ...typed, lists: stay, listsWas })).statusCode, 303)
  const still = await count(em, sql`select count(*)::int as n from list_membership where customer_id = ${id}`)
  t.equal(still, 899)
  t.equal(await count(em, sql`select count(*)::int as n from list_membership where group_id = ${Number(left)}`), 0)
})
