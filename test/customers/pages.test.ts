import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { column, followPages, linkNamed } from '../page.ts'
import { addCustomer, addCustomers, addGroup, addSale } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

t.test('each column sorts both ways, what does not exist last, equal values by who came first', async (t) => {
  const [a, z] = [await addGroup(em, 'Alpha'), await addGroup(em, 'Zeta')]
  const ann = await addCustomer(em, { firstName: 'Ann', birthDate: '1990-01-01', location: 'Rome', group: z })
  const eva = await addCustomer(em, { firstName: 'Éva', birthDate: '1950-01-01', location: 'Århus', group: a })
  await addCustomer(em, { firstName: 'Fay', location: 'Bonn', group: a })
  const zoe = await addCustomer(em, { firstName: 'zoe', birthDate: '2010-01-01', group: z })
  await addSale(em, ann, '2026-01-10T12:00Z', [['Lamp', 1, 50]])
  await addSale(em, eva, '2026-02-10T12:00Z', [['Lamp', 1, 20]])
  await addSale(em, eva, '2026-01-01T12:00Z', [['Lamp', 1, 20]])
  await addSale(em, zoe, '2026-02-10T11:59:59.999Z', [['Lamp', 1, 100.5]])
  const orders: [string, string[], string[]][] = [
    ['name', ['Ann', 'Éva', 'Fay', 'zoe'], ['zoe', 'Fay', 'Éva', 'Ann']],
    ['group', ['Éva', 'Fay', 'Ann', 'zoe'], ['zoe', 'Ann', 'Fay', 'Éva']],
    ['age', ['zoe', 'Ann', 'Éva', 'Fay'], ['Éva', 'Ann', 'zoe', 'Fay']],
    ['location', ['Éva', 'Fay', 'Ann', 'zoe'], ['Ann', 'Fay', 'Éva', 'zoe']],
    ['orders', ['Fay', 'Ann', 'zoe', 'Éva'], ['Éva', 'zoe', 'Ann', 'Fay']],
    ['spent', ['Fay', 'Éva', 'Ann', 'zoe'], ['zoe', 'Ann', 'Éva', 'Fay']],
    ['last-order', ['Ann', 'zoe', 'Éva', 'Fay'], ['Éva', 'zoe', 'Ann', 'Fay']]
  ]
  for (const [sort, ascending, descending] of orders) {
    t.same(column((await staff.get(`/customers?sort=${sort}&dir=asc`)).body), ascending, `${sort}, up`)
    t.same(column((await staff.get(`/customers?sort=${sort}&dir=desc`)).body), descending, `${sort}, down`)
  }
  const page = (await staff.get('/customers?q=a&sort=spent')).body
  t.equal(linkNamed(page, 'Total spent'), '/customers?q=a&sort=spent&dir=asc', 'once more the other way')
  t.equal(linkNamed(page, 'Total orders'), '/customers?q=a&sort=orders', 'numbers begin with the largest')
  t.equal(linkNamed(page, 'Name'), '/customers?q=a&sort=name')
  t.match(page, /aria-sort="descending">\s*<a[^>]*>Total spent/)
  await rows(em, sql`delete from customer where id <> 1`)
})

t.test(
  'pages of 25 by each column, forward and back, through equal values and through what does not exist',
  async (t) => {
    const names = Array.from({ length: 30 }, (_, index) => `Same ${String(index % 3)}`)
    await addCustomers(em, names)
    await addCustomers(em, names, { birthDate: '1990-01-01', gender: 'female', location: 'Rome' })
    await rows(
      em,
      sql`
    update customer_totals set orders = customer_id % 2, spent = customer_id % 4 / 3.0,
      last_order_at = case when customer_id % 3 > 0 then timestamptz '2026-01-01' + customer_id % 5 * interval '1 microsecond' end
    where customer_id <> 1`
    )
    // Names are not theirs alone here, so they are told apart by the ids in their links.
    await rows(em, sql`update customer set first_name = first_name || ' ' || id where id <> 1 and id % 2 = 0`)
    for (const sort of ['name', 'group', 'age', 'gender', 'location', 'orders', 'spent', 'last-order']) {
      for (const dir of ['asc', 'desc']) {
        const { forward, back } = await followPages(staff, `/customers?sort=${sort}&dir=${dir}`)
        t.same(
          forward.map((page) => page.length),
          [25, 25, 10],
          `${sort} ${dir}`
        )
        t.equal(new Set(forward.flat().filter((name) => / \d+ \d+$/.test(name))).size, 30)
        t.same(back, forward.slice(0, -1), 'and the same on the way back')
      }
    }
    await rows(em, sql`delete from customer where id <> 1`)
  }
)

t.test('a page says which of how many it shows, however one came to it', async (t) => {
  const names = Array.from({ length: 60 }, (_, index) => `P${String(index).padStart(2, '0')}`)
  await addCustomers(em, names, { location: 'Rome' })
  const bodyOf = async (url = '') => (await staff.get(url)).body
  const shownAt = (body: string) => /(\d+ to \d+|\b\d+) of [\d,]+(?= (Previous|Next))/.exec(words(body))?.[0]
  const first = await bodyOf('/customers')
  const second = await bodyOf(linkNamed(first, 'Next'))
  const third = await bodyOf(linkNamed(second, 'Next'))
  const back = await bodyOf(linkNamed(third, 'Previous'))
  t.same([first, second, third, back].map(shownAt), [
    '1 to 25 of 60',
    '26 to 50 of 60',
    '51 to 60 of 60',
    '26 to 50 of 60'
  ])
  t.equal(shownAt(await bodyOf(linkNamed(back, 'Previous'))), '1 to 25 of 60')
  t.equal(shownAt(await bodyOf(linkNamed(second, 'Location'))), '1 to 25 of 60', 'another order begins anew')
  const found = await bodyOf('/customers?q=P0')
  t.match(words(found), '10 of 60 customers')
  t.match(words(found), '1 to 10 of 10')
  t.match(words((await staff.part('/customers?q=P59')).body), /1 of 1 (Previous Next )?1 of 60 customers/)
  t.match(words(second), / Customers 60 customers /, 'without a search all of them are found')

  const at = (position?: number) =>
    `/customers?after=${Buffer.from(JSON.stringify(['P24', idOf('P24', first), position])).toString('base64url')}`
  t.equal(shownAt(await bodyOf(at(25))), '26 to 50 of 60')
  for (const position of [36, 1_000_000, 2_147_483_647])
    t.equal(shownAt(await bodyOf(at(position))), '25 of 60', `after ${position} there can’t be 25 and more`)
  const old = Buffer.from(JSON.stringify(['P24', idOf('P24', first)])).toString('base64url')
  t.equal(shownAt(await bodyOf(`/customers?after=${old}`)), '25 of 60', 'an address from before there were positions')
  await rows(em, sql`delete from customer where id <> 1`)
})

const idOf = (name: string, body: string) => Number(new RegExp(`/customers/(\\d+)">${name}<`).exec(body)?.[1])

t.test('pages hold while customers come and go between them', async (t) => {
  const names = Array.from({ length: 60 }, (_, index) => `N${String(index).padStart(2, '0')}`)
  const ids = await addCustomers(em, names)
  const first = (await staff.get('/customers')).body
  t.match(words(first), '1 to 25 of 60')
  t.match(first, 'aria-disabled="true">Previous')
  await rows(em, sql`delete from customer where id = any(${ids.slice(20, 27)}::int[])`)
  await addCustomer(em, { firstName: 'N000' })
  const second = (await staff.get(linkNamed(first, 'Next') ?? '')).body
  t.same(column(second), names.slice(27, 52), 'on after the last one that was seen, though that one is gone')
  await addCustomer(em, { firstName: 'N26' })
  const third = (await staff.get(linkNamed(second, 'Next') ?? '')).body
  t.same(column(third), names.slice(52))
  t.match(words(third), '48 to 55 of 55')
  const again = (await staff.get(linkNamed(third, 'Previous') ?? '')).body
  t.same(column(again), names.slice(27, 52))
  const back = (await staff.get(linkNamed(again, 'Previous') ?? '')).body
  t.same(column(back), ['N00', 'N000', ...names.slice(1, 20), 'N26'])
  await rows(em, sql`delete from customer where name < 'N27' and id <> 1`)
  const gone = await staff.get(linkNamed(again, 'Previous') ?? '')
  t.equal(gone.headers.location, '/customers', 'all of that page are gone: back to the first')
  await rows(em, sql`delete from customer where name > 'N40' and id <> 1`)
  t.equal((await staff.get(linkNamed(again, 'Next') ?? '')).statusCode, 303)
})

t.test('a page’s address that was tampered with is told so', async (t) => {
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bad: [string, unknown][] = [
    ['name', [null, 1]],
    ['age', ['2026-02-30', 1]],
    ['age', ['0000-01-01', 1]],
    ['age', ['infinity', 1]],
    ['last-order', ['2026-01-01', 1]],
    ['last-order', ['0000-01-01T00:00:00Z', 1]],
    ['last-order', ['2026-13-01T00:00:00Z', 1]],
    ['spent', ['NaN', 1]],
    ['spent', ['1e9999', 1]],
    ['orders', ['2147483648', 1]],
    ['orders', ["1'; drop table customer", 1]],
    ['name', ['a\u0000', 1]],
    ['name', { 0: 'a', 1: 1 }],
    ['name', ['a', 1, 2, 3]],
    ['name', ['a', 1, 0]],
    ['name', ['a', 1, 1.5]],
    ['name', ['a', 1, '2']],
    ['name', ['a', 1, 1e300]],
    ['name', ['a', 1e300]]
  ]
  for (const [sort, value] of bad) {
    for (const key of ['after', 'before']) {
      const page = await staff.get(`/customers?sort=${sort}&${key}=${cursor(value)}`)
      t.equal(page.statusCode, 400, `${sort} ${JSON.stringify(value)}`)
      t.match(words(page.body), 'This page of the list can’t be found. Go back to the first page.')
    }
  }
  for (const [sort, value] of [
    ['name', ["'; drop table customer --", 1]],
    ['name', ['\ud800', 1]],
    ['age', [null, 1]],
    ['age', ['9999-12-31', 1]],
    ['last-order', ['9999-12-31T23:59:59.999999999999Z', 1]],
    ['spent', ['999999999999999999.99999999999999999999', 1]]
  ] as const) {
    const page = await staff.get(`/customers?sort=${sort}&after=${cursor(value)}`)
    t.ok([200, 303].includes(page.statusCode), `${sort} ${JSON.stringify(value)}: ${page.statusCode}`)
  }
})
