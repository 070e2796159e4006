import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import type { Em } from '../../src/db/orm.ts'
import { row, rows } from '../../src/db/rows.ts'
import { deleteCustomer } from '../../src/erasure/deletion.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { count, NOW, testApp } from '../helper.ts'
import { addCustomer, addGroup, join, owe } from '../shop.ts'
import type { NewSale } from '../till.ts'
import { type Ending, recordSales } from '../till.ts'

const { em, orm } = await testApp(t)
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true })
const strict = await addGroup(em, 'Strict')

let receipts = 0
function sale(customerId: number, tenders: NewSale['tenders'] = { onAccount: '20.00' }): NewSale {
  const line = { sku: 'RUG', name: 'Rug', quantity: '1', amount: '20.00' }
  return {
    id: randomUUID(),
    receipt: `W-${++receipts}`,
    customerId,
    soldAt: new Date('2026-02-01T15:00Z'),
    lines: [line],
    tenders
  }
}
const paid = (customerId: number) => sale(customerId, { cash: '20.00' })

const RECORDED = { result: 'recorded' }
const NOT_ON_ACCOUNT = 'must pay at the till. The group doesn’t allow on-account sales.'
await recordSales(em, [paid(await addCustomer(em))])

/** Records over a connection of its own. */
const record = (...sales: NewSale[]) => recordSales(orm.em.fork(), sales)

/** Records the sales while `hold` holds something in a transaction of its own; `meanwhile` is done when they wait for it. */
async function recordedAfter(hold: (em: Em) => Promise<unknown>, sales: NewSale[], meanwhile = async () => {}) {
  const { outcomes } = await orm.em.fork().transactional(async (inner) => {
    await hold(inner)
    const outcomes = record(...sales)
    // What it comes to is looked at after the commit.
    outcomes.catch(() => {})
    await untilOneWaits()
    await meanwhile()
    return { outcomes }
  })
  return outcomes
}

async function untilOneWaits(): Promise<void> {
  for (const deadline = performance.now() + 30_000; performance.now() < deadline; await sleep(10)) {
    const found = await row(
      orm.em.fork(),
      sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
    )
    if (found) return
  }
  throw new Error('The sale does not wait')
}

const set = (group: number, allows: boolean) => (inner: Em) =>
  rows(inner, sql`update customer_group set allows_on_account = ${allows} where id = ${group}`)
const holdTotals = (customer: number) => (inner: Em) =>
  rows(inner, sql`select from customer_totals where customer_id = ${customer} for update`)

/** All that was written of a customer's sales is whole: lines, totals and account. */
async function whole(t: Test, customer: number, sales: number, owed: number) {
  t.same(
    await row(
      em,
      sql`
      select (select count(*)::int from sale where customer_id = ${customer}) as sales,
        (select count(*)::int from sale_line where customer_id = ${customer}) as lines,
        (select orders from customer_totals where customer_id = ${customer}) as orders,
        (select coalesce(sum(amount), 0)::int from account_entry where customer_id = ${customer}) as owed
    `
    ),
    { sales, lines: sales, orders: sales, owed }
  )
}

t.test('no till waits for settings that somebody saves, or for a customer who is being moved', async (t) => {
  const ann = await addCustomer(em, { group: trade })
  await orm.em.fork().transactional(async (inner) => {
    await set(trade, false)(inner)
    await join(inner, strict, [ann])
    t.match(await record(paid(ann), sale(ann)), [RECORDED, RECORDED], 'what was committed decides')
  })
  await whole(t, ann, 2, 20)
  t.match(await record(sale(ann)), [{ result: 'refused', why: `Customers in Strict ${NOT_ON_ACCOUNT}` }])
  await set(trade, true)(em)
})

t.test('a sale on an account is decided once the sale before it is written: by the settings of then', async (t) => {
  const ben = await addCustomer(em, { group: trade })
  const first = sale(ben)
  const saved = await recordedAfter(
    (inner) => recordSales(inner, [first]),
    [sale(ben)],
    async () => void (await set(trade, false)(orm.em.fork()))
  )
  t.match(saved, [{ result: 'refused', why: `Customers in Trade ${NOT_ON_ACCOUNT}` }])
  await whole(t, ben, 1, 20)
  t.match(await record(first), [{ result: 'repeated' }])
  await set(trade, true)(em)
})

t.test('likewise when the customer was moved in that moment', async (t) => {
  const cem = await addCustomer(em, { group: trade })
  const moved = await recordedAfter(
    holdTotals(cem),
    [sale(cem)],
    async () => void (await join(orm.em.fork(), strict, [cem]))
  )
  t.match(moved, [{ result: 'refused', why: `Customers in Strict ${NOT_ON_ACCOUNT}` }])
  await whole(t, cem, 0, 0)
})

t.test('a payment or an adjustment on the account is waited for, too', async (t) => {
  const dea = await addCustomer(em, { group: trade })
  await owe(em, dea, '5')
  const adjusted = await recordedAfter(
    (inner) => owe(inner, dea, '1'),
    [sale(dea)],
    async () => {
      await join(orm.em.fork(), strict, [dea])
    }
  )
  t.match(adjusted, [{ result: 'refused' }])
  await whole(t, dea, 0, 6)
})

t.test('a sale that was decided is written as it was decided, whatever changed until then', async (t) => {
  const eve = await addCustomer(em, { group: trade })
  const decided = await recordedAfter(holdTotals(eve), [paid(eve)], async () => {
    await rows(orm.em.fork(), sql`update customer_group set restricts_purchases = true where id = ${trade}`)
  })
  t.match(decided, [RECORDED])
  await whole(t, eve, 1, 0)
  t.match(await record(paid(eve)), [{ result: 'refused', why: 'Customers in Trade can’t buy at all.' }])
  await rows(em, sql`update customer_group set restricts_purchases = false where id = ${trade}`)
})

t.test(
  'whoever is deleted at the same moment is sold nothing, and keeps no other sale of the batch from being recorded',
  async (t) => {
    for (const sell of [paid, sale]) {
      const [gone, other] = [await addCustomer(em, { group: trade }), await addCustomer(em, { group: trade })]
      const deletion = async (inner: Em) =>
        deleteCustomer(inner, await inner.findOneOrFail(Customer, gone), { id: 1, now: NOW })
      const outcomes: Ending[] = await recordedAfter(deletion, [sell(other), sell(gone)])
      t.match(outcomes, [RECORDED, { result: 'refused', why: `Customer ${gone} does not exist.` }])
      t.equal(await count(em, sql`select count(*)::int as n from sale where receipt = ${outcomes[1]?.receipt}`), 0)
      await whole(t, other, 1, sell === sale ? 20 : 0)
    }
  }
)

t.test('batches with the same customers in any order never stop each other', async (t) => {
  const all = await Promise.all(Array.from({ length: 4 }, () => addCustomer(em, { group: trade })))
  const batches = Array.from({ length: 24 }, (_, n) => {
    const order = n % 2 ? all : all.toReversed()
    return order.map((one, place) => (n % 3 && (n + place) % 3 ? paid(one) : sale(one)))
  })
  const outcomes = await Promise.all(batches.map((batch) => record(...batch)))
  t.ok(outcomes.flat().every(({ result }) => result === 'recorded'))
  t.same(
    (await verifyFigures(em)).filter(({ drifted }) => drifted > 0),
    []
  )
})
