import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import { rows } from '../../src/db/rows.ts'
import { deleteCustomer } from '../../src/erasure/deletion.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { count, NOW, testApp } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { programOf, saleBody } from './till.ts'

const shop = await testApp(t)
const { em } = shop
const till = await programOf(shop)
const other = await programOf(shop, 'Till 2')
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true, largestDiscount: '10' })
const plain = await addGroup(em, 'Plain')

const rug = { sku: 'RUG', name: 'Rug', quantity: '2', amount: '20.00' }
const sales = () => count(em, sql`select count(*)::int as n from sale`)

t.test('a sale is recorded, read back, and sent again it is the same sale', async (t) => {
  const customer = await addCustomer(em, { group: trade })
  const body = saleBody({
    customer_id: customer,
    lines: [rug, { sku: 'OIL', name: 'Oil', quantity: '0.255', amount: '9', discount: '1' }],
    tenders: { cash: '9.5', on_account: '19.5', other: '0.05' },
    rounding: '-0.05',
    cashier: 'Ana'
  })
  const first = await till.post('/sales', body)
  t.equal(first.status, 201, first.text)
  t.equal(first.headers.location, `/api/v1/sales/${body.id}`)
  t.match(first.body, {
    id: body.id,
    receipt: body.receipt,
    shop: { name: 'High Street' },
    till: { id: till.till, name: 'Till 1' },
    customer_id: customer,
    sold_at: NOW.toISOString(),
    received_at: NOW.toISOString(),
    lines: [
      { ...rug, discount: '0.00' },
      { sku: 'OIL', name: 'Oil', quantity: '0.255', amount: '9.00', discount: '1.00' }
    ],
    tenders: { cash: '9.50', card: '0.00', on_account: '19.50', other: '0.05' },
    rounding: '-0.05',
    total: '29.00',
    returns: null,
    cashier: 'Ana',
    flagged: false,
    decision: { group_id: trade, settings_version: 1, sentence: /^Trade: / }
  })
  const again = await till.post('/sales', {
    ...body,
    id: String(body.id).toUpperCase(),
    tenders: { ...(body.tenders as object), cash: '9.50' }
  })
  t.equal(again.status, 200)
  t.equal(again.headers['idempotent-replayed'], 'true')
  t.equal(again.text, first.text, 'the first answer')
  t.equal((await till.get(`/sales/${body.id}`)).text, first.text)
  t.equal((await till.get(`/sales?receipt=${body.receipt}`)).body.items[0].id, body.id)
  t.equal((await other.get(`/sales?receipt=${body.receipt}`)).body.items.length, 0)
  t.equal((await other.get(`/sales?receipt=${body.receipt}&till_id=${till.till}`)).body.items.length, 1)
  t.equal((await till.get(`/customers/${customer}/sales`)).body.items[0].id, body.id)
  t.match((await till.get(`/customers/${customer}/policy`)).body, { on_account: { balance: '19.50' } })

  const precise = await till.post('/sales', { ...saleBody(), rounding: '0.000' })
  t.match(precise.body, { status: 400, errors: [{ pointer: '/rounding', code: 'too-precise' }] })
  const hidden = await till.post(
    '/sales',
    saleBody({ customer_id: customer, tenders: { cash: '120', on_account: '-100' } })
  )
  t.match(
    hidden.body,
    { status: 400, errors: [{ pointer: '/tenders/on_account', code: 'sign' }] },
    'no payment in disguise'
  )

  const reused = await till.post('/sales', { ...body, cashier: 'Ben' })
  t.match([reused.status, reused.body.code], [422, 'idempotency-key-reused'])
  const foreign = await other.post('/sales', body)
  t.match([foreign.status, foreign.body.code], [409, 'sale-of-another-till'])
  const taken = await till.post('/sales', saleBody({ receipt: body.receipt }))
  t.match([taken.status, taken.body.code], [409, 'receipt-taken'])
  t.equal(
    (await other.post('/sales', saleBody({ receipt: body.receipt }))).status,
    201,
    'of another till it is another sale'
  )

  await rows(
    em,
    sql`insert into account_entry (customer_id, kind, amount, entered_at) values (${customer}, 'adjustment', -19.5, now())`
  )
  await deleteCustomer(em, await em.findOneOrFail(Customer, customer), { id: 1, now: NOW })
  const erased = await till.post('/sales', body)
  t.match([erased.status, erased.body.customer_id, erased.body.total], [200, null, '29.00'], 'for ever')
})

t.test('policy refuses with a code, a sentence and the decision; the id is not used up', async (t) => {
  const strict = await addCustomer(em, { group: await addGroup(em, 'Barred', { restrictsPurchases: true }) })
  const simple = await addCustomer(em, { group: plain })
  const trader = await addCustomer(em, { group: trade })
  const before = await sales()
  const cases: [Record<string, unknown>, string][] = [
    [{ customer_id: strict }, 'purchase-restricted'],
    [{ customer_id: simple, tenders: { on_account: '20' } }, 'on-account-not-allowed'],
    [{ tenders: { on_account: '20' } }, 'on-account-not-allowed'],
    [{ customer_id: simple, lines: [{ ...rug, discount: '1' }] }, 'manual-discount-not-allowed'],
    [{ customer_id: trader, lines: [{ ...rug, discount: '2.23' }] }, 'manual-discount-too-large'],
    [{ customer_id: 987_654 }, 'customer-unknown']
  ]
  for (const [change, code] of cases) {
    const answer = await till.post('/sales', saleBody(change))
    t.match([answer.status, answer.body.code], [422, code], code)
    t.match(answer.headers['content-type'], /^application\/problem\+json/)
    t.match(answer.body, { detail: /^[A-Z].*\.$/, title: 'Unprocessable Entity', status: 422 })
    if (code !== 'customer-unknown')
      t.match(answer.body.decision, { settings_version: 1, sentence: answer.body.detail })
    if (code.endsWith('too-large')) t.equal(answer.body.max_percent, '10')
  }
  t.equal(await sales(), before, 'nothing is written')
  const later = saleBody({ customer_id: simple, tenders: { on_account: '20' } })
  t.equal((await till.post('/sales', later)).status, 422)
  t.equal((await till.post('/sales', { ...later, tenders: { cash: '20' } })).status, 201)
  t.equal(
    (await till.post('/sales', saleBody({ customer_id: trader, lines: [{ ...rug, discount: '2.22' }] }))).status,
    201
  )
})

t.test('more than was sold is never brought back', async (t) => {
  const customer = await addCustomer(em, { group: plain })
  const sold = saleBody({ customer_id: customer })
  await till.post('/sales', sold)
  const back = (quantity: string, amount: string, returns: unknown = sold.id) =>
    till.post(
      '/sales',
      saleBody({ customer_id: customer, returns, lines: [{ ...rug, quantity, amount }], tenders: { cash: amount } })
    )
  t.match((await back('-1', '-10.01', randomUUID())).body, { code: 'sale-unknown' })
  const excess = 'Of Rug at most 2, worth 20, can still be brought back from that sale.'
  t.match((await back('-3', '-20.00')).body, { code: 'returned-too-much', detail: excess })
  t.match((await back('-1', '-20.01')).body, { code: 'returned-too-much' })
  const answers = await Promise.all(Array.from({ length: 6 }, () => back('-1', '-10.00')))
  t.equal(answers.filter(({ status }) => status === 201).length, 2, 'each of the two once, however many ask at once')
  t.ok(answers.filter(({ status }) => status !== 201).every(({ body }) => body.code === 'returned-too-much'))
  const blind = await till.post(
    '/sales',
    saleBody({ customer_id: customer, lines: [{ ...rug, quantity: '-1', amount: '-5' }], tenders: { card: '-5' } })
  )
  t.match(blind.body.flags, [{ code: 'return-without-sale', detail: /without the sale/ }])
  t.equal((await till.get(`/sales/${blind.body.id}`)).text, blind.text)
  t.match([blind.status, blind.body.flagged], [201, true], 'without the sale it is taken, and looked at')
  t.match(
    await rows(
      em,
      sql`select code, amount from review where sale_id is not null and settled_at is null order by id desc limit 1`
    ),
    [{ code: 'return-without-sale', amount: '5.000' }]
  )
})

t.test(
  'a batch tells facts: nothing is refused, what would have been is flagged, what is no sale spoils no other',
  async (t) => {
    const strict = await addCustomer(em, { group: await addGroup(em, 'Barred too', { restrictsPurchases: true }) })
    const gone = await addCustomer(em)
    await deleteCustomer(em, await em.findOneOrFail(Customer, gone), { id: 1, now: NOW })
    const good = saleBody()
    const given = [
      good,
      saleBody({ customer_id: strict }),
      saleBody({ customer_id: gone }),
      saleBody({ customer_id: gone, tenders: { on_account: '20.00' } }),
      saleBody({ tenders: { on_account: '20.00' } }),
      saleBody({ lines: [] }),
      good,
      { nonsense: true, customer_id: strict },
      'text',
      saleBody({ receipt: good.receipt }),
      saleBody({ returns: good.id, lines: [{ ...rug, quantity: '-5', amount: '-50' }], tenders: { cash: '-50' } }),
      saleBody({ returns: good.id, lines: [{ ...rug, quantity: '-1', amount: '-10' }], tenders: { cash: '-10' } })
    ]
    const answer = await till.post('/sales/batch', { sales: given })
    t.equal(answer.status, 200, answer.text)
    const items: {
      status: number
      sale?: { flagged: boolean; customer_id: number | null }
      problem?: { code: string }
    }[] = answer.body.items
    t.same(
      items.map(({ status, sale, problem }) => [status, sale?.flagged ?? problem?.code]),
      [
        [201, false],
        [201, true],
        [201, false],
        [201, true],
        [201, true],
        [400, 'invalid'],
        [200, false],
        [400, 'invalid'],
        [400, 'invalid'],
        [409, 'receipt-taken'],
        [201, true],
        [201, true]
      ]
    )
    t.equal(items[2]?.sale?.customer_id, null, 'of somebody erased it is kept nameless')
    const noted = () => count(em, sql`select count(*)::int as n from review where sale_id is null`)
    t.equal(await noted(), 4)
    const again = await till.post('/sales/batch', { sales: given })
    t.same(
      again.body.items.map((item: { status: number }) => item.status),
      [200, 200, 200, 200, 200, 400, 200, 400, 400, 409, 200, 200]
    )
    t.equal(await noted(), 4, 'kept but once')
    const salesOf = (told: typeof items) => told.map(({ sale }) => sale)
    t.same(salesOf(again.body.items), salesOf(items), 'the first answers')
    t.match(await rows(em, sql`select received from review where customer_id = ${strict} and sale_id is null`), [
      { received: { nonsense: true } }
    ])
  }
)

t.test('in a batch no name of a field, and no text, is too odd to be told and kept', async (t) => {
  const odd = ['\0', '\ud800', '__proto', 'constructor', 'x'.repeat(5_000)]
  const given = odd.flatMap((name) => [
    { ...saleBody(), [name]: name },
    saleBody({ cashier: name }),
    saleBody({ customer_id: name })
  ])
  const noted = () => count(em, sql`select count(*)::int as n from review where sale_id is null`)
  const before = await noted()
  const answer = await till.post('/sales/batch', { sales: [...given, saleBody()] })
  t.equal(answer.status, 200, answer.text)
  t.same([answer.body.items.length, answer.body.items.at(-1).status], [given.length + 1, 201])
  t.equal((await noted()) - before, 13, 'all but two cashiers')
  const manager = await shop.as('manager')
  t.equal((await manager.get('/review')).statusCode, 200)
})

t.test('16 tills, one customer, each sale sent four times at once: each exists once, and all adds up', async (t) => {
  const customer = await addCustomer(em, { group: trade })
  const tills = await Promise.all(Array.from({ length: 16 }, (_, n) => programOf(shop, `Busy ${n}`)))
  const asked = tills.flatMap((one, n) => {
    const body = saleBody({ customer_id: customer, tenders: n % 2 ? { on_account: '20' } : { card: '20' } })
    const alone = () => one.post('/sales', body).then(({ status }) => status)
    const kept = () => one.post('/sales/batch', { sales: [body] }).then((answer) => answer.body.items[0].status)
    return [alone(), kept(), alone(), kept()]
  })
  const statuses = await Promise.all(asked)
  t.equal(statuses.filter((status) => status === 201).length, 16, statuses.join(' '))
  t.equal(statuses.filter((status) => status === 200).length, 48)
  t.match(await rows(em, sql`select orders, spent from customer_totals where customer_id = ${customer}`), [
    { orders: 16, spent: '320.000' }
  ])
  t.match(await rows(em, sql`select balance from account_balance where customer_id = ${customer}`), [
    { balance: '160.000' }
  ])
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
})
