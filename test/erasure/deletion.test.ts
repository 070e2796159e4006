import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { forgetInStatistics } from '../../src/erasure/forget.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { count, type Form, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { answerTo, flashOf } from '../page.ts'
import { addCustomer, addGroup, addList, addSale } from '../shop.ts'
import { recordSale } from '../till.ts'
import { tracesOf } from './traces.ts'

const shop = await testApp(t)
const { em } = shop
const [staff, manager, admin] = [await shop.as('staff'), await shop.as('manager'), await shop.as('admin')]
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true })
const list = await addList(em, 'Letters')

const isThere = async (id: number) =>
  (await count(em, sql`select count(*)::int as n from customer where id = ${id}`)) === 1
const remove = (id: number, name: string, rest: Form = {}) =>
  manager.post(`/customers/${id}/deletion`, { name, ...rest })

let receipts = 0

function onAccount(customerId: number, amount: string) {
  const lines = [{ sku: 'RUG', name: 'Rug', quantity: '1', amount }]
  const sale = { receipt: `S-${++receipts}`, customerId, soldAt: new Date('2026-02-01T15:00Z'), lines }
  return recordSale(shop.orm.em.fork(), { ...sale, tenders: { onAccount: amount } })
}

async function drift(): Promise<number> {
  const verdicts = await verifyFigures(em)
  return verdicts.reduce((sum, { drifted }) => sum + drifted, 0)
}

t.test('after a deletion nothing personal is left anywhere; the sales stay, nameless', async (t) => {
  await doJobs(shop, NOW)
  const key = randomUUID()
  const details = {
    firstName: 'Zyxwona',
    lastName: 'Qvortrup',
    phone: '+1 206 555 0188',
    email: 'zyx.qvortrup@example.org',
    birthDate: '1931-07-13',
    gender: 'female',
    location: 'Vrndlby'
  }
  const made = await manager.post('/customers', { ...details, primary: trade, lists: list, key })
  const url = String(made.headers.location)
  const id = Number(url.split('/').at(-1))
  // A past of every kind: changed details, moved, listed, bought, brought back, paid, adjusted.
  const changed = { ...details, lastName: 'Qvortrup-Xandl', location: 'Wrndlham', version: 1 }
  t.equal((await manager.post(`${url}/edit`, { ...changed, primary: trade, primaryWas: trade })).statusCode, 303)
  await manager.post(`/groups/${list}/customers/removal`, { ids: id })
  await manager.post(`/groups/${list}/add`, { ids: id })
  await addSale(em, id, '2026-02-01T12:00Z', [['Lamp', 3, 30]])
  await addSale(em, id, '2026-02-05T12:00Z', [['Lamp', -1, -10]])
  await onAccount(id, '12.34')
  const reason = 'Zyxwona Qvortrup rang, 206 555 0188'
  const payment = { amount: '10', tender: 'cheque', reference: 'Zyxwona’s cheque 206 555 0188', key: randomUUID() }
  t.equal((await manager.post(`${url}/account/payments`, payment)).statusCode, 303)
  await manager.post(`${url}/account/adjustments`, { amount: '-2.34', reason, key: randomUUID() })
  await manager.get(`/groups/${trade}/products?period=90`)
  await manager.get('/customers?q=Zyxwona')
  t.equal(await drift(), 0)

  const personal = [
    'zyxwona',
    'qvortrup',
    'xandl',
    '2065550188',
    '555 0188',
    'zyx.qv',
    'vrndlby',
    'wrndlham',
    '1931-07-13'
  ]
  t.ok((await tracesOf(em, personal)).length >= 7, 'the search finds what is there')
  const total = sql<{ n: string }>`select sum(total) as n from sale`
  const before = await row(em, total)
  const question = words((await manager.get(`${url}/delete`)).body)
  t.match(question, 'Delete Zyxwona Qvortrup-Xandl?')
  t.match(question, 'removes them from 2 groups. 3 sales stay on the books without a name.')
  t.match(question, 'This can’t be undone.')

  const done = await remove(id, 'zyxwona  qvortrup-xandl ')
  t.equal(done.statusCode, 303)
  t.equal(done.headers.location, '/customers')
  t.equal(flashOf(manager), 'Zyxwona Qvortrup-Xandl was deleted. 3 sales stay on the books without a name.')
  await doJobs(shop, NOW)
  await forgetInStatistics(em, NOW)
  t.equal(await drift(), 0)
  t.same(await tracesOf(em, personal), [])
  t.same(await row(em, total), before, 'the books do not change')
  t.same(
    await rows(
      em,
      sql`select kind, sum(amount), count(customer_id)::int as n, count(coalesce(reason, reference))::int as reasons from account_entry group by kind order by kind`
    ),
    [
      { kind: 'adjustment', sum: '-2.340', n: 0, reasons: 0 },
      { kind: 'charge', sum: '12.340', n: 0, reasons: 0 },
      { kind: 'payment', sum: '-10.000', n: 0, reasons: 0 }
    ]
  )
  for (const end of ['', '/edit', '/orders', '/account', '/delete'])
    t.equal((await manager.get(url + end)).statusCode, 404, end)
  t.equal((await remove(id, 'Zyxwona Qvortrup-Xandl')).statusCode, 404, 'once')
  t.match(words((await manager.get(`/groups/${list}/customers`)).body), 'No customers in Letters yet')
  t.equal(
    (await manager.post('/customers', { ...details, key: randomUUID() })).statusCode,
    303,
    'phone and e-mail are free'
  )
})

t.test('nothing less than the name confirms', async (t) => {
  const jose = await addCustomer(em, { firstName: 'José', lastName: 'Ñandú O’Neil' })
  for (const name of ['', ' ', 'Jose', 'yes', 'delete', 'José Ñandú O’Neill']) {
    const refused = await remove(jose, name)
    t.equal(refused.statusCode, 422, name)
    t.match(words(refused.body), 'Nothing was deleted. Type José Ñandú O’Neil to confirm.')
  }
  t.equal((await manager.post(`/customers/${jose}/deletion`)).statusCode, 422)
  t.equal((await remove(jose, '', { name: ['José Ñandú O’Neil', 'x'] })).statusCode, 422)
  t.ok(await isThere(jose))
  t.equal((await remove(jose, "jose nandu o'neil")).statusCode, 303, 'as a keyboard without accents types it')
  t.notOk(await isThere(jose))
})

t.test('it leads back to the list it was asked from, and to no other place', async (t) => {
  const back = `/groups/${list}/customers?q=a`
  const ann = await addCustomer(em, { firstName: 'Ann', lists: [list] })
  const page = await manager.get(`/customers/${ann}/menu?group=${list}`, { referer: `http://localhost${back}` })
  t.match(page.body, `href="/customers/${ann}/delete?back=${encodeURIComponent(back)}" data-dialog`)
  const question = await manager.part(`/customers/${ann}/delete?back=${encodeURIComponent(back)}`)
  t.match(question.body.trim(), /^<div class="dialog-content">/)
  t.match(question.body, `name="back" value="${back}"`)
  const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' }
  const refused = await manager.post(`/customers/${ann}/deletion`, { name: 'x', back }, htmx)
  t.equal(refused.statusCode, 422)
  t.match(refused.body.trim(), /^<div class="dialog-content">/)
  t.match(refused.body, `name="back" value="${back}"`)
  const done = await manager.post(`/customers/${ann}/deletion`, { name: 'Ann', back }, htmx)
  t.equal(done.headers['hx-redirect'], back)
  const bob = await addCustomer(em, { firstName: 'Bob' })
  t.equal((await remove(bob, 'Bob', { back: '//elsewhere.example' })).headers.location, '/customers')
  t.equal(flashOf(manager), 'Bob was deleted.')
})

t.test('who owes or is owed something can’t be deleted until it is settled', async (t) => {
  const cem = await addCustomer(em, { firstName: 'Cem', group: trade })
  await onAccount(cem, '15.50')
  const question = await manager.get(`/customers/${cem}/delete`)
  t.match(words(question.body), 'Cem owes $15.50 . Settle the account first, then delete the customer.')
  t.notMatch(question.body, 'deletion')
  const refused = await remove(cem, 'Cem')
  t.equal(refused.statusCode, 409)
  t.match(words(refused.body), 'Cem’s account is not settled. Settle it first, then delete the customer.')
  const pay = (amount: string, rest: Form = {}) =>
    manager.post(`/customers/${cem}/account/payments`, { amount, tender: 'cash', key: randomUUID(), ...rest })
  await pay('15.51', { sure: answerTo((await pay('15.51')).body) ?? '' })
  t.match(words((await manager.get(`/customers/${cem}/delete`)).body), 'Cem has a credit of $0.01')
  t.equal((await remove(cem, 'Cem')).statusCode, 409)
  t.ok(await isThere(cem))
  const adjustment = { amount: '0.01', reason: 'Paid out', key: randomUUID() }
  await manager.post(`/customers/${cem}/account/adjustments`, adjustment)
  t.equal((await remove(cem, 'Cem')).statusCode, 303)
  t.equal((await pay('1')).statusCode, 404)
})

t.test('the walk-in customer can’t be deleted', async (t) => {
  const sentence = 'The walk-in customer is for sales to people who leave no name. It can’t be deleted.'
  const page = await manager.get('/customers/1/delete')
  t.match(words(page.body), sentence)
  t.notMatch(page.body, 'deletion')
  for (const name of ['', 'Walk-in customer']) {
    const refused = await remove(1, name)
    t.equal(refused.statusCode, 409)
    t.match(words(refused.body), sentence)
  }
  t.notMatch((await manager.get('/customers/1')).body, '/customers/1/delete')
  t.notMatch((await manager.get('/customers/1/menu?group=2')).body, '/customers/1/delete')
})

t.test('staff delete nobody and see no way to; managers and admins do', async (t) => {
  const dea = await addCustomer(em, { firstName: 'Dea' })
  const url = `/customers/${dea}`
  for (const answer of [await staff.get(`${url}/delete`), await staff.post(`${url}/deletion`, { name: 'Dea' })]) {
    t.equal(answer.statusCode, 403)
    t.match(words(answer.body), /Only managers and admins can (see this page|do this)\./)
  }
  t.match((await shop.anonymous.get(`${url}/delete`)).headers.location, '/sign-in?next=')
  t.equal((await shop.anonymous.post(`${url}/deletion`, { name: 'Dea' })).statusCode, 401)
  for (const page of [url, `${url}/menu`, `${url}/menu?group=1`]) {
    t.notMatch((await staff.get(page)).body, /\/customers\/\d+\/delet/, page)
    const { body } = await manager.get(page)
    t.match(body, `/customers/${dea}/delete`, page)
    t.match(body, `/customers/${dea}/orders`)
    t.match(body, `/customers/${dea}/account`)
  }
  t.notMatch(
    (await manager.get(`${url}/menu?group=1`)).body,
    '/groups/1/customers/removal',
    'nobody is removed from Default'
  )
  t.match((await manager.get(`/groups/${trade}/customers`)).statusCode, 200)
  t.ok(await isThere(dea))
  for (const id of ['999999', '0', 'x']) t.equal((await admin.get(`/customers/${id}/delete`)).statusCode, 404)
  t.equal((await admin.post(`${url}/deletion`, { name: 'Dea' })).statusCode, 303)
})

t.test('no till sells to who was deleted', async (t) => {
  const eve = await addCustomer(em, { firstName: 'Eve', group: trade })
  await remove(eve, 'Eve')
  await t.rejects(onAccount(eve, '5'), { message: `Customer ${eve} does not exist.` })
  t.equal(await count(em, sql`select count(*)::int as n from sale where receipt = ${`S-${receipts}`}`), 0)
})

t.test(
  'a charge, a payment, a move or another deletion at the same moment: one waits or fails, and nothing dangles',
  async (t) => {
    const outcomes: Record<string, number> = {}
    for (let round = 0; round < 40; round++) {
      const name = `Fay ${round}`
      const fay = await addCustomer(em, { firstName: name, group: trade })
      // More than is owed: as answered before it is asked.
      const payment = { amount: '5', tender: 'cash', sure: `${fay} -5 -5 `, key: randomUUID() }
      const others = [
        () =>
          onAccount(fay, '5').then(
            () => 'charged',
            () => 'refused'
          ),
        () => manager.post(`/customers/${fay}/account/payments`, payment).then(statusOf),
        () => manager.post(`/groups/${list}/add`, { ids: fay }).then(statusOf),
        () => admin.post(`/customers/${fay}/deletion`, { name }).then(statusOf)
      ]
      const other = others[round % 4]
      const isFirst = round % 8 < 4
      const [deleted = 0, beside = 0] = isFirst
        ? await Promise.all([remove(fay, name).then(statusOf), other?.()])
        : (await Promise.all([other?.(), remove(fay, name).then(statusOf)])).reverse()
      const what = `${round % 4}: ${deleted} and ${beside}`
      outcomes[what] = (outcomes[what] ?? 0) + 1
      const owed = await count(
        em,
        sql`select coalesce(sum(amount), 0)::int as n from account_entry where customer_id = ${fay}`
      )
      if (await isThere(fay)) {
        t.equal(deleted, 409, what)
        t.not(owed, 0, what)
      } else if (round % 4 < 2) {
        t.equal(deleted, 303, what)
        t.ok(['refused', 404, 409].includes(beside), what)
      } else if (round % 4 === 2) {
        t.equal(deleted, 303, what)
        // Deleted first, they are not there to be selected.
        t.ok([303, 422].includes(Number(beside)), what)
      } else t.same([deleted, beside].sort(), [303, 404], what)
    }
    t.comment(outcomes)
    const nameless = sql<{ n: number }>`select sum(amount)::int as n from account_entry where customer_id is null`
    t.equal(await count(em, nameless), 0, 'nobody’s debt is left')
    t.equal(await drift(), 0)
  }
)

function statusOf({ statusCode }: { statusCode: number }): number {
  return statusCode
}
