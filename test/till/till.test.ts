import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { addCustomer, addGroup, addSale } from '../shop.ts'
import { hidden, press, tiedBrowser } from './screen.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
await tiedBrowser(shop, staff)
await addSale(em, 1, '2026-02-01T15:00Z', [
  ['Rug', 1, 10],
  ['Oil', 2, 5]
])
const product = async (name: string) =>
  (await rows(em, sql<{ id: number }>`select id from product where name = ${name}`))[0]?.id

t.test('a customer is found, their policy shown, and a sale rung up from products', async (t) => {
  const trade = await addGroup(em, 'Trade', { allowsOnAccount: true })
  const ann = await addCustomer(em, { firstName: 'Ann', lastName: 'Lee', phone: '+12065550123', group: trade })
  const found = await press(staff, 'customer', { customer: '206 555 0123' })
  t.match(words(found.body), /Ann Lee .*Trade/)
  const picked = words((await press(staff, `pick:${ann}`)).body)
  t.match(picked, /Ann Lee .*Trade .*Customers in Trade can buy now and pay later/)
  t.match(picked, /Owes nothing|nothing owed|\$0\.00/i)
  t.match(words((await press(staff, 'product', { product: 'ru' })).body), /Rug RUG \$10\.00/)
  await press(staff, `add:${await product('Rug')}`)
  const scanned = await press(staff, 'enter', { product: 'OIL' })
  t.match(words(scanned.body), /Rug.*\$10\.00.*Oil.*\$2\.50.*Total 2 units \$12\.50/)
  const sold = await press(staff, 'onAccount')
  t.match(words(sold.body), /\$12\.50 Sold\. Receipt T-000001/)
  t.same(
    await rows(em, sql`select receipt, customer_id, total, on_account, cashier from sale where customer_id = ${ann}`),
    [{ receipt: 'T-000001', customer_id: ann, total: '12.500', on_account: '12.500', cashier: 'staff person' }]
  )
  t.match(words((await staff.get('/till')).body), /Walk-in .*Receipt T-000002/, 'the next customer')
})

t.test('a refusal is said in words with the ways on, and the cart stays', async (t) => {
  const cashOnly = await addGroup(em, 'Cash only')
  const bob = await addCustomer(em, { firstName: 'Bob', group: cashOnly })
  await press(staff, `pick:${bob}`)
  await press(staff, `add:${await product('Rug')}`)
  const refused = await press(staff, 'onAccount')
  t.equal(refused.statusCode, 422)
  t.match(
    words(refused.body),
    /Not sold\. Customers in Cash only must pay at the till.*Pay in cash Pay by card Another customer Walk-in/
  )
  const cheaper = await press(staff, 'save', { 'price-1': '8.00' })
  t.match(words(cheaper.body), /last sold for \$10\.00.*Taken off by hand \$2\.00 Total 1 unit \$8\.00/)
  t.match(
    words((await press(staff, 'cash')).body),
    /Not sold\. Customers in Cash only can.t be given manual discounts.*Remove the discounts/
  )
  t.match(words((await press(staff, 'undiscount')).body), /Total 1 unit \$10\.00/)
  t.match(words((await press(staff, 'cash')).body), /\$10\.00 Sold\./)
  t.same(await rows(em, sql`select total, cash from sale where customer_id = ${bob}`), [
    { total: '10.000', cash: '10.000' }
  ])
})

t.test('a double click, and a page from before, are one sale', async (t) => {
  await press(staff, `add:${await product('Oil')}`)
  const form: Record<string, string> = { ...hidden((await staff.get('/till')).body), do: 'card' }
  const answers = await Promise.all([staff.post('/till', form), staff.post('/till', form), staff.post('/till', form)])
  t.same(new Set(answers.map(({ headers }) => headers.location)), new Set([`/till?sold=${form.cart}`]))
  const later = await staff.post('/till', form)
  t.equal(later.headers.location, `/till?sold=${form.cart}`)
  t.equal(await count(em, sql`select count(*)::int as n from sale where uuid = ${form.cart}`), 1)
})

t.test('quantities, discounts and a split add up to the last cent', async (t) => {
  const vip = await addGroup(em, 'VIP', { allowsDiscounts: true, allowsOnAccount: true })
  const eve = await addCustomer(em, { firstName: 'Eve', group: vip })
  await press(staff, `pick:${eve}`)
  await press(staff, `add:${await product('Oil')}`)
  await press(staff, 'more:1')
  const typed = await press(staff, 'save', { 'quantity-1': '0.333', 'discount-1': '10%' })
  t.match(words(typed.body), /Taken off by hand \$0\.08 Total 0\.333 units \$0\.75/)
  const wrong = await press(staff, 'save', { 'quantity-1': 'two' })
  t.match(words(wrong.body), /Enter the quantity as a number/)
  t.match(wrong.body, /value="two"/)
  const stale = await press(staff, 'cash', { 'quantity-1': '3' })
  t.match(words(stale.body), /The total is \$6\.75 now/)
  t.match(words((await press(staff, 'split', { cash: '1', card: '2' })).body), /must add up/)
  await press(staff, 'card', { cash: '1.75', onAccount: '2' })
  t.same(await rows(em, sql`select total, cash, card, on_account from sale where customer_id = ${eve}`), [
    { total: '6.750', cash: '1.750', card: '3.000', on_account: '2.000' }
  ])
})

t.test('something is brought back from a past sale', async (t) => {
  const cat = await addCustomer(em, { firstName: 'Cat' })
  await addSale(em, cat, '2026-02-20T15:00Z', [['Pot', 3, 10]])
  const [sale] = await rows(
    em,
    sql<{ uuid: string; receipt: string }>`select uuid, receipt from sale where customer_id = ${cat}`
  )
  t.match(words((await press(staff, 'receipt', { receipt: 'R-0' })).body), /No sale has the receipt R-0\./)
  t.match(words((await press(staff, 'receipt', { receipt: sale?.receipt ?? '' })).body), /Pot .*Return/)
  const started = await press(staff, `return:${sale?.uuid}`)
  t.match(words(started.body), /Cat .*Pot · 3 can come back/)
  t.match(words((await press(staff, 'save', { 'quantity-1': '4' })).body), /Only 3 can be brought back/)
  t.match(words((await press(staff, 'save', { 'quantity-1': '1' })).body), /To pay out 1 unit \$3\.33/)
  await press(staff, 'cash')
  t.same(await rows(em, sql`select total, cash, returns from sale where customer_id = ${cat} and total < 0`), [
    { total: '-3.330', cash: '-3.330', returns: sale?.uuid }
  ])
  await press(staff, `return:${sale?.uuid}`)
  t.match(words((await press(staff, 'save', { 'quantity-1': '2' })).body), /To pay out 2 units \$6\.67/, 'the rest')
  await press(staff, 'onAccount')
  t.match(words((await press(staff, `return:${sale?.uuid}`)).body), /Nothing is left to bring back/)
  await press(staff, 'clear')
})

t.test('a product that never sold has no price until one is typed', async (t) => {
  await rows(em, sql`insert into product (sku, name) values ('NEW', 'New thing')`)
  t.match(words((await press(staff, 'enter', { product: 'NEW' })).body), /New thing/)
  t.match(words((await press(staff, 'cash')).body), /Enter the price of New thing\./)
  await press(staff, 'save', { 'price-1': '4.20' })
  t.match(words((await press(staff, 'cash')).body), /\$4\.20 Sold\./)
})

t.test(
  'what a group takes off by itself is in the amount, is no discount by hand, and lowers no price for the next',
  async (t) => {
    const trade = await addGroup(em, 'Builders')
    await rows(em, sql`update customer_group set automatic_discount = 5 where id = ${trade}`)
    const dora = await addCustomer(em, { firstName: 'Dora', group: trade })
    await press(staff, `pick:${dora}`)
    const rung = await press(staff, `add:${await product('Rug')}`)
    t.match(words(rung.body), /Automatic discount 5%.*5% off by itself \$0\.50 Total 1 unit \$9\.50/)
    t.match(words((await press(staff, 'cash')).body), /\$9\.50 Sold\./)
    t.same(await rows(em, sql`select amount, discount from sale_line where customer_id = ${dora}`), [
      { amount: '9.500', discount: '0.000' }
    ])
    t.match(words((await press(staff, 'product', { product: 'rug' })).body), /Rug RUG \$10\.00/)
    await press(staff, 'clear')
  }
)

t.test('a product that nobody has sold before is sold by its code and name', async (t) => {
  t.match(
    words((await press(staff, 'product', { product: '4006381333931' })).body),
    /No product matches .4006381333931.*Sell as a new product/
  )
  t.match(
    words((await press(staff, 'new', { product: '4006381333931', newSku: '4006381333931', newName: ' ' })).body),
    /Enter the product’s name\./
  )
  await press(staff, 'new', { newSku: '4006381333931', newName: 'Pen' })
  await press(staff, 'save', { 'price-1': '1.20' })
  t.match(words((await press(staff, 'cash')).body), /\$1\.20 Sold\./)
  t.match(
    words((await press(staff, 'enter', { product: '4006381333931' })).body),
    /Pen.*Total 1 unit \$1\.20/,
    'now a scanner finds it'
  )
  await press(staff, 'clear')
})

t.test('the cart of somebody who is deleted is for the walk-in customer', async (t) => {
  const gone = await addCustomer(em, { firstName: 'Gone' })
  await press(staff, `pick:${gone}`)
  await press(staff, `add:${await product('Rug')}`)
  await rows(em, sql`delete from customer where id = ${gone}`)
  t.match(words((await staff.get('/till')).body), /Walk-in .*Rug/)
  await press(staff, 'clear')
})

t.test('who is new is made at the till, and the cart is theirs', async (t) => {
  const form = await staff.get('/till/new-customer?q=206%20555%200199')
  t.match(form.body, /value="206 555 0199"/)
  const key = /name="key" value="([^"]+)"/.exec(form.body)?.[1] ?? ''
  const refused = await staff.post('/till/new-customer', { key, firstName: '', phone: '206 555 0199' })
  t.equal(refused.statusCode, 422)
  const taken = await staff.post('/till/new-customer', { key, firstName: 'Dan', phone: '206 555 0123' })
  t.match(words(taken.body), /Ann Lee is a customer already\. Choose Ann Lee/)
  t.equal(
    (await staff.post('/till/new-customer', { key, firstName: 'Dan', phone: '206 555 0199' })).headers.location,
    '/till'
  )
  t.match(words((await staff.get('/till')).body), /Dan .*Default/)
})

t.test('what is typed into a search is answered with what it finds', async (t) => {
  const found = await staff.part('/till/customers?customer=ann')
  t.match(words(found.body), /Ann Lee .*New customer/)
  t.notMatch(found.body, /<form/)
  t.match(words((await staff.part('/till/products?product=oi')).body), /Oil OIL \$2\.50/)
  t.equal(
    (await staff.get('/till/products?product=oi')).headers.location,
    '/till?product=oi',
    'a whole page is the screen'
  )
})
