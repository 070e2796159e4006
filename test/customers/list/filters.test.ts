import { sql } from 'kysely'
import t from 'tap'
import { settlePlaces } from '../../../src/customers/places.ts'
import { row, rows } from '../../../src/db/rows.ts'
import { NOW, testApp, words } from '../../helper.ts'
import { column, fieldValue, linkNamed, selected } from '../../page.ts'
import { openPicker } from '../../picker.ts'
import { addCustomer, addGroup, addList, addSale } from '../../shop.ts'
import { recordSale, tillOf } from '../../till.ts'
import { found, listUrl } from './people.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')
const news = await addList(em, 'News')
const vip = await addGroup(em, 'VIP')

// 2 March 2026, 9 a.m. in New York.
const ann = await addCustomer(em, { firstName: 'Ann', birthDate: '1996-03-02', gender: 'female', lists: [news] })
const ben = await addCustomer(em, { firstName: 'Ben', birthDate: '1996-03-03', gender: 'male', group: vip })
const cat = await addCustomer(em, { firstName: 'Cat', birthDate: '2004-02-29', gender: 'other', lists: [news] })
const dan = await addCustomer(em, { firstName: 'Dan' })
for (const [customer, since] of [
  [ann, '2025-12-31T04:59:59Z'],
  [ben, '2025-12-31T05:00:00Z'],
  [cat, '2026-01-01T04:59:59Z'],
  [dan, '2026-01-01T05:00:00Z']
] as const)
  await rows(em, sql`update customer set created_at = ${since} where id = ${customer}`)
await addSale(em, ben, '2026-02-28T17:00Z', [['Lamp', 1, 10]])
for (const day of ['01', '02', '03']) await addSale(em, cat, `2026-02-${day}T17:00Z`, [['Lamp', 1, 10]])

t.test('by gender, also those who did not say', async (t) => {
  t.same(await found(staff, { gender: 'female' }), ['Ann'])
  t.same(await found(staff, { gender: 'other' }), ['Cat'])
  t.same(await found(staff, { gender: 'not-said' }), ['Dan'])
  t.same(await found(staff, { gender: 'not-said', sort: 'gender' }), ['Dan'])
  const page = (await staff.get(listUrl({ gender: 'not-said', filters: 'open' }))).body
  t.equal(selected(page, 'gender'), 'not-said')
  const wrong = await staff.get(listUrl({ gender: 'cat' }))
  t.equal(wrong.statusCode, 422)
  t.match(words(wrong.body), 'Gender must be female, male, other or not said.')
})

t.test('by age in whole years, today where the retailer is', async (t) => {
  t.same(await found(staff, { 'age-from': '30' }), ['Ann'], 'on the very birthday')
  t.same(await found(staff, { 'age-to': '29' }), ['Ben', 'Cat'])
  t.same(await found(staff, { 'age-from': '22', 'age-to': '29' }), ['Ben', 'Cat'], 'born on 29 February, since 1 March')
  t.same(await found(staff, { 'age-from': '23', 'age-to': '29' }), ['Ben'])
  t.same(
    await found(staff, { 'age-from': '0', 'age-to': '150' }),
    ['Ann', 'Ben', 'Cat'],
    'only those whose age is known'
  )
})

t.test('by orders, and by the day since when, the first and the last included', async (t) => {
  t.same(await found(staff, { 'orders-from': '1' }), ['Ben', 'Cat'])
  t.same(await found(staff, { 'orders-to': '0' }), ['Ann', 'Dan'])
  t.same(await found(staff, { 'orders-from': '1', 'orders-to': '1' }), ['Ben'])
  t.same(await found(staff, { 'since-from': '2025-12-31' }), ['Ben', 'Cat', 'Dan'])
  t.same(await found(staff, { 'since-to': '2025-12-31' }), ['Ann', 'Ben', 'Cat'])
  t.same(await found(staff, { 'since-from': '2025-12-31', 'since-to': '2025-12-31' }), ['Ben', 'Cat'])
})

t.test('a group’s list has the same filters, and the group by name as well', async (t) => {
  const names = async (query: string) => column((await staff.get(`/groups/${news}/customers?${query}`)).body)
  t.same(await names('gender=female'), ['Ann'])
  t.same(await names('orders-from=1&age-to=25'), ['Cat'])
  t.same(await names('not-ordered-within=1&sort=last-order'), ['Cat', 'Ann'])
  t.same(await names('group=default&sort=group'), ['Ann', 'Cat'])
  t.same(await names('group=VIP'), [])
  t.same(await found(staff, { group: 'VIP', sort: 'group' }), ['Ben'])
  t.same(await found(staff, { group: 'Walk-in' }), [])
})

t.test('a range that ends before it begins is named, and half of it shows nobody', async (t) => {
  for (const [name, from, to, sentence] of [
    ['age', '30', '9', '“Age to” can’t be less than “Age from”.'],
    ['orders', '3', '2', '“Total orders to” can’t be less than “Total orders from”.'],
    ['spent', '30', '9.5', '“Total spent to” can’t be less than “Total spent from”.'],
    ['since', '2026-01-01', '2025-12-31', '“Customer since to” can’t be before “Customer since from”.']
  ] as const) {
    const page = await staff.get(listUrl({ [`${name}-from`]: from, [`${name}-to`]: to }))
    t.equal(page.statusCode, 422)
    t.match(words(page.body), sentence)
    t.equal(fieldValue(page.body, `${name}-to`), to)
    t.same(column(page.body), [])
    const part = await staff.part(`${listUrl({ [`${name}-from`]: from, [`${name}-to`]: to })}&after=WzEsMV0`)
    t.match(words(part.body), `Correct the filter to see customers ${sentence}`, 'on whatever page')
  }
})

t.test('an amount is read as it is written on the screen', async (t) => {
  t.same(await found(staff, { 'spent-from': '30' }), ['Cat'])
  const read = async (typed: string) => (await staff.part(listUrl({ 'spent-from': typed }))).headers['hx-replace-url']
  t.equal(await read('$30.00'), '/customers?spent-from=30.00')
  t.equal(await read('$3,000'), '/customers?spent-from=3000')
  t.equal(await read('3,000.50'), '/customers?spent-from=3000.50')
  t.equal((await staff.get(listUrl({ 'spent-from': '3,00' }))).statusCode, 422, 'but nothing that is half a number')
  await rows(em, sql`update retailer set locale = 'de-DE', currency = 'EUR'`)
  t.equal(await read('3.000,50 €'), '/customers?spent-from=3000.50')
  t.equal(await read('1.500'), '/customers?spent-from=1500', 'as they mean it')
  t.match(words((await staff.get(listUrl({ 'spent-from': '3000.50' }))).body), 'Total spent: 3.000,50 € or more')
  await rows(em, sql`update retailer set locale = 'ar-TN', currency = 'TND'`)
  t.equal(await read('1,234'), '/customers?spent-from=1.2340')
  t.equal((await staff.get(listUrl({ 'spent-from': '1.2340' }))).statusCode, 200, 'which stays what it is')
  await rows(em, sql`update retailer set locale = 'en-US', currency = 'USD'`)
})

t.test('by a shop where somebody has ever bought; a selection keeps to it whatever it is called later', async (t) => {
  t.notMatch((await staff.get('/customers?filters=open')).body, 'name="shop"', 'one shop is no choice')
  const till = await tillOf(em, 'Till 1', 'Harbour')
  const harbour = (await row(em, sql<{ id: number }>`select shop_id as id from till where id = ${till}`))?.id ?? 0
  const sale = { till, soldAt: NOW, lines: [{ sku: 'L', name: 'Lamp', quantity: '1', amount: '10.00' }] }
  for (const customerId of [ann, cat])
    await recordSale(em, { ...sale, customerId, receipt: `H-${customerId}`, tenders: { card: '10.00' } })
  const at = { shop: 'Harbour' }
  for (const sort of ['name', 'age', 'last-order', 'group']) {
    t.same((await found(staff, { ...at, sort })).sort(), ['Ann', 'Cat'])
    t.same(await found(staff, { ...at, sort, q: 'cat', 'orders-from': '4' }), ['Cat'])
  }
  t.same(await found(staff, { ...at, group: 'VIP' }), [])
  t.same(column((await staff.get(`/groups/${news}/customers?shop=harbour&gender=female`)).body), ['Ann'])
  const page = (await staff.get(listUrl({ ...at, filters: 'open' }))).body
  t.equal(selected(page, 'shop'), at.shop)
  t.match(words(page), 'Bought at: Harbour')

  await rows(em, sql`update shop set name = 'The Pier', closed_at = now() where id = ${harbour}`)
  const list = (await manager.get('/customers?shop=The+Pier')).body
  t.match(words(list), 'Bought at: The Pier')
  const file = (await manager.get('/customers.csv?shop=The+Pier')).body.trim().split('\r\n').slice(1)
  t.same(
    file.map((line) => line.split(',')[0]),
    ['Ann', 'Cat']
  )
  const choosing = (await manager.get(linkNamed(list, 'Add to group...') ?? '')).body
  t.match(words(choosing), 'From customers with Bought at: The Pier')
  const picker = await openPicker(manager, linkNamed(choosing, 'VIP') ?? '')
  t.match(words(picker.body), 'Bought at: The Pier')
  await picker.press('all')
  t.match(words(picker.body), '2 selected (all 2 that match)')
  await rows(em, sql`update shop set name = 'Pier 2' where id = ${harbour}`)
  await picker.pressNamed('Show selected')
  t.match(column(picker.body, 1).join(), /^Ann [^,]*,Cat [^,]*$/)

  for (const wrong of ['Harbour', '999', 'x']) {
    const answer = await manager.get(`/customers?shop=${wrong}`)
    t.equal(answer.statusCode, 422)
    t.match(words(answer.body), `There is no shop called “${wrong}”.`)
    t.same(column(answer.body), [])
    t.equal((await manager.get(`/customers.csv?shop=${wrong}`)).statusCode, 422)
  }
  const unknown = await shop.anonymous.get('/customers?shop=Harbour')
  t.equal(unknown.headers.location, `/sign-in?next=${encodeURIComponent('/customers?shop=Harbour')}`)
})

t.test('more than 10,000 are counted when somebody asks', async (t) => {
  await em.transactional(async (inner) => {
    await rows(
      inner,
      sql`insert into customer (first_name, email) select 'Many', 'many' || n || '@example.com' from generate_series(1, 10050) n`
    )
    await rows(
      inner,
      sql`
      insert into primary_membership (customer_id, group_id, joined_at)
      select id, ${vip}::int, now() from customer where first_name = 'Many'
    `
    )
    await rows(inner, sql`insert into customer_totals (customer_id) select id from customer where first_name = 'Many'`)
  })
  for (const path of ['/customers', `/groups/${vip}/customers`]) {
    const best = (await staff.get(`${path}?q=many`)).body
    t.match(words(best), '200 best matches of over 10,000 ( Count all ). Sort by name to see them all. 1 to 25 of 200')
    t.equal(linkNamed(best, 'Count all'), `${path}?q=many&count=all`)
    t.match(words((await staff.get(`${path}?q=many&count=all`)).body), '200 best matches of 10,050. Sort by name')
    const page = (await staff.get(`${path}?q=many&sort=name`)).body
    t.match(words(page), '1 to 25 of over 10,000 Count all')
    t.equal(linkNamed(page, 'Count all'), `${path}?q=many&sort=name&count=all`)
    const counted = (await staff.get(`${path}?q=many&sort=name&count=all`)).body
    t.match(words(counted), '1 to 25 of 10,050')
    t.notMatch(words(counted), 'Count all')
    const next = linkNamed(page, 'Next') ?? ''
    t.match(words((await staff.get(next)).body), '26 to 50 of over 10,000 Count all')
    t.match(words((await staff.get(`${next}&count=all`)).body), '26 to 50 of 10,050')
    t.match(words((await staff.part(`${path}?q=many&sort=name&count=all`)).body), '1 to 25 of 10,050')
  }
  t.match(words((await staff.get('/customers')).body), '1 to 25 of 10,054', 'all of them are known without counting')
  t.match(words((await staff.get(`/groups/${vip}/customers`)).body), '1 to 25 of 10,051')
  t.match(words((await staff.get('/customers?q=many&gender=female')).body), 'No customers match')
  const last = (await staff.get('/customers?q=many&sort=name&dir=desc&count=nonsense')).body
  t.match(words(last), '1 to 25 of over 10,000')
  const unknown = await shop.anonymous.get('/customers?count=all')
  t.equal(unknown.headers.location, `/sign-in?next=${encodeURIComponent('/customers?count=all')}`)
})

t.test('of many places the commonest are suggested, of few all', async (t) => {
  const places = async () => {
    now = new Date(now.getTime() + 60_000)
    return [
      ...(
        (await staff.get('/customers?filters=open')).body.match(/<datalist id="locations">(.*?)<\/datalist>/s)?.[1] ??
        ''
      ).matchAll(/value="([^"]*)"/g)
    ].map(([, place]) => place)
  }
  t.same(await places(), [])
  await rows(em, sql`update customer set location = (array['Rome', 'Århus'])[1 + id % 2] where first_name = 'Many'`)
  t.same(await places(), ['Århus', 'Rome'])
  await rows(em, sql`update customer set location = 'Place ' || id % 400 where first_name = 'Many' and id % 3 = 0`)
  t.equal((await places()).length, 35)
  await rows(em, sql`analyze customer`)
  t.same((await places()).slice(0, 2).sort(), ['Rome', 'Århus'])
})

t.test('a place is found and suggested by a part of its name', async (t) => {
  const first = await addCustomer(em, { firstName: 'Ny', location: 'New York City' })
  await addCustomer(em, { firstName: 'Yo', location: 'York' })
  await addCustomer(em, { firstName: 'Yt', location: 'Yorktown' })
  await addCustomer(em, { firstName: 'Or', location: 'Orly 50%' })
  t.same(await found(staff, { location: 'york' }), ['Ny', 'Yo', 'Yt'])
  t.same(await found(staff, { location: 'ÝORK c' }), ['Ny'])
  t.same(await found(staff, { location: '0%' }), ['Or'], 'a sign means itself')
  t.same(await found(staff, { location: 'nowhere' }), [])
  const suggested = async (part: string) => {
    const answer = await staff.part(`/customers/locations?location=${encodeURIComponent(part)}`)
    t.equal(answer.statusCode, 200)
    return [...answer.body.matchAll(/value="([^"]*)"/g)].map(([, place]) => place)
  }
  t.same(await suggested('YORK'), ['York', 'Yorktown', 'New York City'], 'what begins with it comes first')
  t.equal((await suggested('')).length, 35)
  for (const nasty of ['\0', '\u202e', '<b>', "' or 1=1", 'x'.repeat(500)]) await suggested(nasty)
  t.equal((await shop.anonymous.get('/customers/locations?location=york')).statusCode, 303)
  t.match((await staff.get('/customers/locations?location=york')).body, 'href="/customers?location=Yorktown"', 'a page')
  t.match((await staff.get('/customers/new')).body, '<datalist id="customer-locations">')
  await rows(em, sql`update customer set location = 'York' where id = ${first}`)
  await rows(em, sql`delete from place where name = 'Yorktown'`)
  await settlePlaces(em)
  t.same(await suggested('york'), ['York', 'Yorktown'], 'where nobody lives is not suggested')
})
