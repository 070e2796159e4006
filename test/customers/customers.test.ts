import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { column, fieldValue, linkNamed, tableRows } from '../page.ts'
import { addPeople, found, JOAN, JOSE, listUrl, MAX, PERCY } from './list/people.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')

const { jose } = await addPeople(shop)

t.test('every customer is there but the walk-in', async (t) => {
  const page = await staff.get('/customers')
  t.same(
    tableRows(page.body).map((cells) => cells.slice(0, -1)),
    [
      ['100% Percy_A\\B', '—', 'Default', '—', 'Boston', '0', '$0.00', 'never'],
      ['Joan O’Neil-Ross', '+44 20 7946 0958', 'VIP', '—', '—', '1', '$199.00', '33 days ago'],
      ['José Ñandú', '(206) 555-0123', 'VIP', '42', 'Zürich', '1', '$99.50', '2 days ago'],
      ['Max', '—', 'Default', '—', 'zurich', '0', '-$10.25', 'never']
    ]
  )
  t.match(page.body, '<span class="mail">jn@mail.example</span>')
  t.match(
    page.body,
    '<span class="mail kept">joanna.max+shop@example.com</span>',
    'also where there is no room, as there is no phone'
  )
  t.match(words(page.body), /Customers 4 customers/)
  t.match(words(page.body), '1 to 4 of 4')
  const part = await staff.part('/customers?q=max')
  t.match(part.body.trim(), /^<div id="list"/)
  t.same(column(part.body), ['Max'])
})

t.test('each filter alone', async (t) => {
  t.same(await found(staff, { group: 'vip' }), [JOAN, JOSE])
  t.same(await found(staff, { group: ' NACHRICHTEN ' }), [JOSE], 'lists too')
  t.same(await found(staff, { location: 'ZURICH' }), [JOSE, MAX], 'in any accent')
  t.same(await found(staff, { location: 'zur' }), [JOSE, MAX], 'a part of the name')
  t.same(await found(staff, { 'spent-from': '99.50' }), [JOAN, JOSE])
  t.same(await found(staff, { 'spent-from': '99.501' }), [JOAN])
  t.same(await found(staff, { 'spent-to': '99.5' }), [PERCY, JOSE, MAX])
  t.same(await found(staff, { 'spent-to': '-0.01' }), [MAX])
  t.same(await found(staff, { 'spent-from': '0', 'spent-to': '0' }), [PERCY])
  t.same(await found(staff, { 'ordered-within': '2' }), [JOSE])
  t.same(await found(staff, { 'not-ordered-within': '2' }), [PERCY, JOAN, MAX], 'those who never ordered too')
})

t.test('filters together, and with a search', async (t) => {
  t.same(await found(staff, { group: 'VIP', 'spent-to': '100', location: 'Zürich', q: 'jose' }), [JOSE])
  t.same(await found(staff, { group: 'VIP', 'spent-from': '1', 'spent-to': '100', 'ordered-within': '40' }), [JOSE])
  t.same(await found(staff, { 'ordered-within': '40', 'not-ordered-within': '10' }), [JOAN])
  t.same(await found(staff, { group: 'Nachrichten', 'spent-from': '100' }), [])
})

t.test('filters stand in the address, as chips that can be taken away one by one', async (t) => {
  const all = {
    q: 'jo',
    group: 'VIP',
    location: 'Zürich',
    'spent-from': '5',
    'spent-to': '500',
    'ordered-within': '0',
    'not-ordered-within': '7',
    gender: 'not-said',
    'age-from': '18',
    'age-to': '65',
    'orders-from': '1',
    'orders-to': '2000',
    'since-from': '2025-01-01',
    'since-to': '2026-03-01'
  }
  const page = await staff.get(`${listUrl(all)}&sort=spent`)
  const chips: [string, string][] = [
    ['q', '“jo”'],
    ['group', 'Group: VIP'],
    ['location', 'Location: Zürich'],
    ['spent-from', 'Total spent: $5.00 or more'],
    ['spent-to', 'Total spent: $500.00 or less'],
    ['ordered-within', 'Last order: within 0 days'],
    ['not-ordered-within', 'Last order: not within 7 days'],
    ['gender', 'Gender: not said'],
    ['age-from', 'Age: 18 or more'],
    ['age-to', 'Age: 65 or less'],
    ['orders-from', 'Total orders: 1 or more'],
    ['orders-to', 'Total orders: 2,000 or less'],
    ['since-from', 'Customer since: Jan 1, 2025 or later'],
    ['since-to', 'Customer since: Mar 1, 2026 or earlier']
  ]
  for (const [name, label] of chips) {
    const rest = Object.fromEntries(Object.entries(all).filter(([one]) => one !== name))
    t.same(
      Object.fromEntries(new URL(linkNamed(page.body, `${label} , remove`) ?? '', 'http://localhost').searchParams),
      {
        ...rest,
        sort: 'spent'
      }
    )
  }
  t.match(words(page.body), 'No customers match')
  t.equal(linkNamed(page.body, 'Clear'), '/customers')
  t.match(
    (await staff.get('/customers?ordered-within=7')).body,
    /sort=spent&amp;ordered-within=7|ordered-within=7&amp;sort=spent/
  )
})

t.test('a condition that can’t be read is named and kept, and nobody is shown until it is corrected', async (t) => {
  const wrongs: [string, string, RegExp][] = [
    ['spent-from', 'much', /Total spent must be an amount such as 500 or 99\.50\./],
    ['spent-to', '1e3', /Total spent must be an amount/],
    ['spent-from', '9'.repeat(20), /Total spent must be an amount/],
    ['ordered-within', 'soon', /Days must be a whole number, 0 or more\./],
    ['ordered-within', '-1', /Days must be a whole number, 0 or more\./],
    ['not-ordered-within', '1.5', /Days must be a whole number, 0 or more\./],
    ['not-ordered-within', '36501', /Days must be at most 36,500\./],
    ['age-from', 'old', /Age must be a whole number, 0 or more\./],
    ['age-to', '151', /Age must be at most 150\./],
    ['orders-from', '1.5', /Total orders must be a whole number, 0 or more\./],
    ['orders-to', '1000000001', /Total orders must be at most 1,000,000,000\./],
    ['since-from', '2025-02-30', /Customer since must be a date such as 2025-03-31\./],
    ['since-to', '0001-01-01', /Customer since must be in 1880 or later\./],
    ['group', 'Nobody’s', /There is no group called “Nobody’s”\./],
    ['location', 'x'.repeat(81), /The location must have at most 80 characters\./],
    ['q', 'x'.repeat(201), /The search must have at most 200 characters\./],
    ['q', 'a\u0000b', /The search has characters that can’t be shown\./]
  ]
  for (const [name, value, sentence] of wrongs) {
    const page = await manager.get(listUrl({ [name]: value, ...(name === 'q' ? { group: 'VIP' } : { q: 'jose' }) }))
    t.equal(page.statusCode, 422, `${name}=${value}`)
    t.match(words(page.body), sentence)
    t.equal(fieldValue(page.body, name), value)
    t.match(words(page.body), 'Correct the filter to see customers')
    t.same(column(page.body), [])
    const file = await manager.get(linkNamed(page.body, 'Export as CSV') ?? '')
    t.equal(file.statusCode, 422, 'nor is the rest of it taken for what was meant')
  }
  t.same(await found(staff, { 'spent-from': ' 99.50 ', 'ordered-within': ' 2 ' }), [JOSE], 'spaces around are nothing')
  t.equal(
    (await staff.get(listUrl({ 'spent-from': '', q: 'jose' }))).headers.location,
    '/customers?q=jose',
    'nor is an empty field'
  )
})

t.test('a customer’s page says who, since when, what the till may do and what they bought', async (t) => {
  await rows(em, sql`update primary_membership set joined_by = 2 where customer_id = ${jose}`)
  await rows(
    em,
    sql`insert into account_entry (customer_id, kind, amount, entered_at, reason) values (${jose}, 'adjustment', 12.5, now(), 'x')`
  )
  const text = words((await staff.get(`/customers/${jose}`)).body)
  t.match(text, /Total orders 1 Total spent \$99\.50 Last order 2 days ago Feb 28, 2026 Account \$12\.50 owed to us/)
  t.match(
    text,
    /Phone \(206\) 555-0123 E-mail jn@mail\.example Birth date Feb 29, 1984 \(42\) Gender — Location Zürich/
  )
  t.match(
    text,
    /Set by the primary group, VIP \. VIP: pays at the till, no discount by hand\. Purchases allowed .* On-account sale not allowed Customers in VIP pay at the till\./
  )
  t.match(text, /Primary group VIP since Mar 2, 2026, by manager person List Nachrichten since Mar 2, 2026/)
  t.match(text, /Recent orders Feb 28, 2026 \$99\.50 R-1, 1 units?/)
  const walkIn = await staff.get('/customers/1')
  t.equal(walkIn.statusCode, 200)
  t.notMatch(walkIn.body, 'Edit Customer')
})
