import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { RuleError } from '../../src/lib/errors.ts'
import { count, testApp } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import type { NewSale } from '../till.ts'
import { recordSale, recordSales } from '../till.ts'

const shop = await testApp(t)
const { em } = shop

let receipts = 0

function sale(customerId: number | undefined, change: Partial<NewSale> = {}): NewSale {
  const lines = [{ sku: 'RUG', name: 'Rug', quantity: '2', amount: '19.98' }]
  return {
    receipt: `S-${++receipts}`,
    customerId,
    soldAt: new Date('2026-02-01T15:00Z'),
    lines,
    tenders: { cash: '19.98' },
    ...change
  }
}

const back: Partial<NewSale> = {
  lines: [{ sku: 'RUG', name: 'Rug', quantity: '-1', amount: '-9.99' }],
  tenders: { cash: '-9.99' }
}

const totalsOf = async (customerId: number) =>
  (await rows(em, sql`select orders, spent, last_order_at from customer_totals where customer_id = ${customerId}`))[0]

t.test('a sale is written with its lines, tenders, totals and account entry', async (t) => {
  const group = await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true })
  const customer = await addCustomer(em, { group })
  const lines = [
    { sku: 'RUG', name: 'Rug', quantity: '2', amount: '19.98' },
    { sku: 'OIL', name: 'Oil', quantity: '0.255', amount: '1.02', discount: '0.50' }
  ]
  const tenders = { cash: '1', card: '5.00', onAccount: '15' }
  t.same(await recordSale(em, sale(customer, { receipt: 'A-1', lines, tenders })), {
    receipt: 'A-1',
    result: 'recorded'
  })
  t.same(await rows(em, sql`select total, cash, card, on_account from sale where receipt = 'A-1'`), [
    { total: '21.000', cash: '1.000', card: '5.000', on_account: '15.000' }
  ])
  t.same(
    await rows(
      em,
      sql`
      select number, sku, quantity, amount, discount, line.customer_id = ${customer} as own
      from sale_line line join product on product.id = product_id join sale on sale.id = sale_id where receipt = 'A-1' order by number
    `
    ),
    [
      { number: 1, sku: 'RUG', quantity: '2.000', amount: '19.980', discount: '0.000', own: true },
      { number: 2, sku: 'OIL', quantity: '0.255', amount: '1.020', discount: '0.500', own: true }
    ]
  )
  t.same(await totalsOf(customer), { orders: 1, spent: '21.000', last_order_at: '2026-02-01 15:00:00+00' })
  t.same(
    await rows(
      em,
      sql`select kind, amount, receipt from account_entry join sale on sale.id = sale_id where account_entry.customer_id = ${customer}`
    ),
    [{ kind: 'charge', amount: '15.000', receipt: 'A-1' }]
  )
})

t.test('a return lowers what was spent, and is no order', async (t) => {
  const customer = await addCustomer(em)
  await recordSale(em, sale(customer))
  await recordSale(em, sale(customer, { ...back, soldAt: new Date('2026-02-09T15:00Z') }))
  t.same(await totalsOf(customer), { orders: 1, spent: '9.990', last_order_at: '2026-02-01 15:00:00+00' })
  await recordSale(em, sale(customer, { soldAt: new Date('2026-01-01T15:00Z') }))
  t.match(
    await totalsOf(customer),
    { orders: 2, last_order_at: '2026-02-01 15:00:00+00' },
    'a till that was offline tells it late'
  )
})

t.test('the same receipt again, also many at once, is one sale', async (t) => {
  const customer = await addCustomer(em)
  const given = sale(customer, {
    id: randomUUID(),
    receipt: 'B-1',
    lines: [{ sku: 'NEW', name: 'Never sold', quantity: '1', amount: '19.98' }]
  })
  const outcomes = await Promise.all(Array.from({ length: 8 }, () => recordSale(shop.orm.em.fork(), given)))
  t.equal(outcomes.filter(({ result }) => result === 'recorded').length, 1)
  t.equal(outcomes.filter(({ result }) => result === 'repeated').length, 7)
  t.equal((await recordSale(em, given)).result, 'repeated')
  t.match(await totalsOf(customer), { orders: 1, spent: '19.980' })
  t.equal(await count(em, sql`select count(*)::int as n from sale_line where customer_id = ${customer}`), 1)
})

t.test('a group’s settings refuse with a sentence that names it, and nothing is written', async (t) => {
  const strict = await addCustomer(em, { group: await addGroup(em, 'Barred', { restrictsPurchases: true }) })
  const plain = await addCustomer(em, { group: await addGroup(em, 'Plain') })
  const discounted = [{ sku: 'RUG', name: 'Rug', quantity: '2', amount: '19.98', discount: '2' }]
  const cases: [NewSale, string][] = [
    [sale(strict), 'Customers in Barred can’t buy at all.'],
    [
      sale(plain, { tenders: { onAccount: '19.98' } }),
      'Customers in Plain must pay at the till. The group doesn’t allow on-account sales.'
    ],
    [sale(plain, { lines: discounted }), 'Customers in Plain can’t be given manual discounts.'],
    [sale(undefined, { tenders: { onAccount: '19.98' } }), 'Walk-in sales are paid at once.'],
    [sale(987_654), 'Customer 987654 does not exist.']
  ]
  const before = await count(em, sql`select count(*)::int as n from sale`)
  for (const [given, why] of cases) await t.rejects(recordSale(em, given), new RuleError(why))
  t.equal(await count(em, sql`select count(*)::int as n from sale`), before)
  await recordSale(em, sale(strict, back))
  await recordSale(em, sale(plain, { ...back, tenders: { onAccount: '-9.99' } }))
  t.match(await totalsOf(strict), { spent: '-9.990' }, 'a return is always taken')
})

t.test('what does not add up is refused before anything is asked', async (t) => {
  const line = { sku: 'RUG', name: 'Rug', quantity: '1', amount: '5' }
  const cases: [Partial<NewSale>, RegExp][] = [
    [{ tenders: { cash: '19.97' } }, /must add up to the total/],
    [{ lines: [] }, /at least one line/],
    [{ lines: [{ ...line, quantity: '0' }], tenders: { cash: '5' } }, /can’t be 0/],
    [{ lines: [{ ...line, discount: '-1' }], tenders: { cash: '5' } }, /can’t be negative/],
    [{ lines: [{ ...line, amount: '5.0001' }], tenders: { cash: '5.0001' } }, /must be a decimal number/],
    [{ lines: [{ ...line, amount: '1e3' }], tenders: { cash: '1000' } }, /must be a decimal number/],
    [{ lines: [{ ...line, sku: ' ' }], tenders: { cash: '5' } }, /needs a product code/],
    [{ receipt: '' }, /needs a receipt number/]
  ]
  for (const [change, why] of cases) await t.rejects(recordSale(em, sale(undefined, change)), why)
})

t.test('many at once: each has its outcome, and those that may not be taken keep no other from it', async (t) => {
  const barred = await addCustomer(em, { group: await addGroup(em, 'Barred too', { restrictsPurchases: true }) })
  const customer = await addCustomer(em)
  const one = sale(customer, { receipt: 'C-1', id: randomUUID() })
  const given = [
    one,
    sale(barred, { receipt: 'C-2' }),
    sale(customer, { receipt: 'C-3' }),
    one,
    sale(undefined, { receipt: 'C-4' })
  ]
  t.same(await recordSales(em, given), [
    { receipt: 'C-1', result: 'recorded' },
    { receipt: 'C-2', result: 'refused', why: 'Customers in Barred too can’t buy at all.' },
    { receipt: 'C-3', result: 'recorded' },
    { receipt: 'C-1', result: 'repeated' },
    { receipt: 'C-4', result: 'recorded' }
  ])
  t.match(await totalsOf(customer), { orders: 2, spent: '39.960' })
  t.same(await recordSales(em, given.slice(2)), [
    { receipt: 'C-3', result: 'receipt-taken' },
    { receipt: 'C-1', result: 'repeated' },
    { receipt: 'C-4', result: 'receipt-taken' }
  ])
  t.same(await recordSales(em, []), [])
})

t.test('who leaves no name is the walk-in customer, whose totals nobody waits for', async (t) => {
  await recordSale(em, sale(undefined, { receipt: 'D-1' }))
  t.equal(await count(em, sql`select customer_id as n from sale where receipt = 'D-1'`), 1)
  t.match(await totalsOf(1), { orders: 0, spent: '0.000', last_order_at: null })
  await t.rejects(
    rows(
      em,
      sql`insert into sale (till_id, receipt, customer_id, sold_at, total, on_account) values (1, 'D-2', 1, '2026-02-01', 5, 5)`
    ),
    { code: '23514' },
    'the database says so too'
  )
})
