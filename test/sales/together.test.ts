import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { saleQueue } from '../../src/sales/queue.ts'
import { saleSchema } from '../../src/sales/sale.ts'
import { wavesOf } from '../../src/sales/waves.ts'
import { count, NOW, testApp } from '../helper.ts'
import { addCustomer } from '../shop.ts'
import { tillOf } from '../till.ts'

const { em, orm } = await testApp(t)
const till = await tillOf(em)
const line = { sku: 'RUG', name: 'Rug', quantity: '1', amount: '20.00' }
let receipts = 0
const saleOf = (customerId: number, change: object = {}) =>
  saleSchema.parse({
    till,
    receipt: `T-${++receipts}`,
    customerId,
    soldAt: NOW,
    lines: [line],
    tenders: { cash: '20.00' },
    ...change
  })
const asked = (customerId: number) => ({ sale: saleOf(customerId), now: NOW, decimals: 2 })
const transactions = () => count(em, sql`select count(distinct xmin::text)::int as n from sale`)

t.test('what arrives while a sale is being written is written together', async (t) => {
  const record = saleQueue(orm)
  const customers = await Promise.all(Array.from({ length: 20 }, () => addCustomer(em)))
  await record(asked(customers[0] ?? 0))
  const before = await transactions()
  const outcomes = await Promise.all(customers.map((customer) => record(asked(customer))))
  t.ok(outcomes.every(({ result }) => result === 'recorded'))
  t.equal((await transactions()) - before, 2, 'the first alone, and all others after it')
})

t.test('a sale whose customer’s rows somebody else holds waits alone', async (t) => {
  const record = saleQueue(orm)
  const [held, free] = [await addCustomer(em), await addCustomer(em)]
  let isWaiting = true
  const waiting = await orm.em.fork().transactional(async (inner) => {
    await rows(inner, sql`select from customer_totals where customer_id = ${held} for update`)
    const both = [record(asked(free)), record(asked(held)), record(asked(free))]
    void both[1]?.then(() => (isWaiting = false))
    t.match(await both[0], { result: 'recorded' })
    t.match(await both[2], { result: 'recorded' }, 'those beside it are answered')
    t.match(await record(asked(free)), { result: 'recorded' }, 'and so are those after it')
    t.ok(isWaiting)
    return { both }
  })
  t.match(await Promise.all(waiting.both), [{ result: 'recorded' }, { result: 'recorded' }, { result: 'recorded' }])
})

t.test('one that can’t be written spoils no other', async (t) => {
  const record = saleQueue(orm)
  const [full, free] = [await addCustomer(em), await addCustomer(em)]
  await rows(em, sql`update customer_totals set spent = 9999999999990 where customer_id = ${full}`)
  const outcomes = await Promise.all([free, full, free].map((customer) => record(asked(customer))))
  t.match(outcomes, [{ result: 'recorded' }, { result: 'failed', error: /overflow/ }, { result: 'recorded' }])
  t.equal(await count(em, sql`select count(*)::int as n from sale where customer_id = ${full}`), 0)
  await rows(em, sql`update customer_totals set spent = 0 where customer_id = ${full}`)
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
})

t.test('sales that depend on each other come in waves, in their order', (t) => {
  const first = saleOf(1)
  const again = { ...first }
  const back = saleOf(1, { returns: first.id })
  const otherBack = saleOf(1, { returns: first.id })
  const other = saleOf(1)
  t.same(wavesOf([first, other, back, otherBack, again]), [[first, other], [back], [otherBack], [again]])
  t.same(wavesOf([]), [])
  t.end()
})
