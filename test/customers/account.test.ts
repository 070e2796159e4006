import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { recordSale } from '../../src/sales/record.ts'
import { count, type Form, testApp, words } from '../helper.ts'
import { fieldValue, flashOf, linkNamed, tableRows } from '../page.ts'
import { addCustomer, addGroup } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true })

const accountOf = (customer: number, end = '') => `/customers/${customer}/account${end}`
const balanceOf = async (customer: number) =>
  (await row(em, sql<{ sum: string | null }>`select sum(amount) from account_entry where customer_id = ${customer}`))
    ?.sum
const entriesOf = (customer: number) =>
  count(em, sql`select count(*)::int as n from account_entry where customer_id = ${customer}`)

let receipts = 0

async function charge(customerId: number, amount: string) {
  const receipt = `S-${++receipts}`
  const quantity = amount.startsWith('-') ? '-1' : '1'
  const lines = [{ sku: 'RUG', name: 'Rug', quantity, amount }]
  await recordSale(em, {
    receipt,
    customerId,
    soldAt: new Date('2026-02-01T15:00Z'),
    lines,
    tenders: { onAccount: amount }
  })
  return receipt
}

const pay = (customer: number, amount: string, rest: Form = {}) =>
  manager.post(accountOf(customer, '/payments'), { amount, key: randomUUID(), ...rest })
const adjust = (customer: number, amount: string, rest: Form = {}) =>
  manager.post(accountOf(customer, '/adjustments'), { amount, reason: 'A mistake', key: randomUUID(), ...rest })

t.test('charges, payments and adjustments stand with the balance after each, the newest first', async (t) => {
  const ann = await addCustomer(em, { firstName: 'Ann', group: trade })
  const receipt = await charge(ann, '100.00')
  const paid = await pay(ann, '1,030.50')
  t.equal(paid.statusCode, 303)
  t.equal(paid.headers.location, accountOf(ann))
  t.equal(flashOf(manager), 'A payment of $1,030.50 is recorded.')
  await adjust(ann, '-0.25', { reason: 'Goodwill <b>' })
  t.equal(flashOf(manager), 'The account is adjusted by -$0.25.')
  await adjust(ann, '900')
  const back = await charge(ann, '-20')
  const { body } = await staff.get(accountOf(ann))
  t.same(tableRows(body), [
    [`Return, receipt ${back}`, 'Feb 1, 2026', 'till', '-$20.00', '-$50.75'],
    ['Adjustment A mistake', 'Mar 2, 2026', 'manager person', '$900.00', '-$30.75'],
    ['Adjustment Goodwill <b>', 'Mar 2, 2026', 'manager person', '-$0.25', '-$930.75'],
    ['Payment', 'Mar 2, 2026', 'manager person', '-$1,030.50', '-$930.50'],
    [`Charge, receipt ${receipt}`, 'Feb 1, 2026', 'till', '$100.00', '$100.00']
  ])
  t.match(words(body), 'Balance -$50.75 in their favour Charged by sales $80.00 Paid $1,030.50 Adjusted $899.75')
  t.equal(await balanceOf(ann), '-50.750')
  const order = await staff.get(linkNamed(body, `Charge, receipt ${receipt}`) ?? '')
  t.match(words(order.body), `Receipt ${receipt}`)
  t.match(words(order.body), 'On account $100.00')
})

t.test('pages of 25 carry the balance on', async (t) => {
  const bob = await addCustomer(em, { firstName: 'Bob' })
  const other = await addCustomer(em)
  await rows(
    em,
    sql`
    insert into account_entry (customer_id, kind, amount, reason, entered_at)
    select case when i % 3 = 0 then ${other}::int else ${bob}::int end, 'adjustment', i, i::text, timestamptz '2026-02-01' - i * interval '1 day'
    from generate_series(1, 90) i`
  )
  const balances: string[] = []
  let { body } = await staff.get(accountOf(bob))
  t.match(words(body), '1–25 of 60')
  const first = tableRows(body)
  for (let next: string | undefined = accountOf(bob); next; next = linkNamed(body, 'Next')) {
    body = (await staff.get(next)).body
    balances.unshift(
      ...tableRows(body)
        .map(([, , , , balance = '']) => balance)
        .reverse()
    )
  }
  const amounts = Array.from({ length: 90 }, (_, index) => index + 1).filter((amount) => amount % 3 > 0)
  const sums = amounts.map((_, index) => amounts.slice(0, index + 1).reduce((sum, amount) => sum + amount, 0))
  const expected = sums.map((sum) => `$${sum.toLocaleString('en', { minimumFractionDigits: 2 })}`)
  t.same(balances, expected)
  for (let previous = linkNamed(body, 'Previous'); previous; previous = linkNamed(body, 'Previous'))
    body = (await staff.get(previous)).body
  t.same(tableRows(body), first)
  const after = Buffer.from(JSON.stringify(['1', 1])).toString('base64url')
  t.equal((await staff.get(accountOf(bob, `?after=${after}`))).headers.location, accountOf(bob))
  t.equal((await staff.get(accountOf(bob, '?after=x'))).statusCode, 400)
})

t.test('an amount or a reason that can’t be gets a sentence, keeps what was typed, and enters nothing', async (t) => {
  const cem = await addCustomer(em, { firstName: 'Cem' })
  const payments: [amount: string, sentence: string][] = [
    ['', 'Enter an amount, such as 1,234.50.'],
    ['0', 'A payment must be more than 0.'],
    ['0.00', 'A payment must be more than 0.'],
    ['-1', 'A payment must be more than 0.'],
    ['1e99', 'Enter the amount in figures, such as 1,234.50.'],
    ['0.001', 'Amounts in USD have at most 2 decimals.'],
    ['12,50', 'Enter the amount in figures'],
    ['1000000000', 'The amount is too large']
  ]
  for (const [amount, sentence] of payments) {
    const refused = await pay(cem, amount)
    t.equal(refused.statusCode, 422, amount)
    t.match(words(refused.body), sentence)
    t.equal(fieldValue(refused.body, 'amount'), amount)
  }
  const adjustments: [form: Form, sentence: string][] = [
    [{ amount: '' }, 'Enter an amount'],
    [{ amount: '0' }, 'An adjustment must not be 0.'],
    [{ amount: '-0.00' }, 'An adjustment must not be 0.'],
    [{ amount: '1e99' }, 'Enter the amount in figures'],
    [{ amount: '-0.001' }, 'Amounts in USD have at most 2 decimals.'],
    [{ amount: '5', reason: ' ' }, 'Say why, so that whoever reads the account later understands it.'],
    [{ amount: '5', reason: 'x'.repeat(201) }, 'The reason must have at most 200 characters.'],
    [{ amount: ['5', '6'] }, 'The amount must be text.']
  ]
  for (const [form, sentence] of adjustments) {
    const refused = await adjust(cem, '1', form)
    t.equal(refused.statusCode, 422, sentence)
    t.match(words(refused.body), sentence)
  }
  const key = randomUUID()
  const again = await adjust(cem, '5', { reason: '', key })
  t.equal(fieldValue(again.body, 'key'), key, 'one key as long as the form is open')
  t.equal((await manager.post(accountOf(cem, '/payments'))).statusCode, 422)
  t.equal(await entriesOf(cem), 0)
})

t.test('the same form twice, also at once, is one entry', async (t) => {
  const dea = await addCustomer(em, { firstName: 'Dea' })
  const key = randomUUID()
  const answers = await Promise.all(Array.from({ length: 6 }, () => pay(dea, '5', { key })))
  for (const { statusCode, headers } of answers) t.same([statusCode, headers.location], [303, accountOf(dea)])
  t.equal((await pay(dea, '5', { key })).statusCode, 303)
  t.equal(await entriesOf(dea), 1)
  t.equal(await balanceOf(dea), '-5.000')
})

t.test(
  'many payments, adjustments and sales at once: the balance is the sum of the entries, on each page of it',
  async (t) => {
    const eve = await addCustomer(em, { firstName: 'Eve', group: trade })
    const looks: Promise<string>[] = []
    const look = async () => (await staff.get(accountOf(eve))).body
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        if (index % 3 === 0) await pay(eve, '1.01')
        else if (index % 3 === 1) await adjust(eve, '0.10')
        else
          await recordSale(shop.orm.em.fork(), {
            receipt: `E-${index}`,
            customerId: eve,
            soldAt: new Date('2026-02-01T15:00Z'),
            lines: [{ sku: 'RUG', name: 'Rug', quantity: '1', amount: '3.33' }],
            tenders: { onAccount: '3.33' }
          })
        looks.push(look())
      })
    )
    t.equal(await entriesOf(eve), 60)
    t.equal(await balanceOf(eve), '48.400')
    for (const html of await Promise.all(looks)) {
      const balance = /<dt>Balance<\/dt><dd>([^<]*)</.exec(html)?.[1]
      t.equal(tableRows(html)[0]?.[4] ?? '$0.00', balance, 'a page agrees with itself, whatever goes on')
    }
    t.match(words(await look()), 'Balance $48.40 owed to us')
  }
)

t.test('the walk-in customer has no account', async (t) => {
  t.match(words((await manager.get(accountOf(1))).body), 'The walk-in customer has no account')
  t.notMatch((await manager.get(accountOf(1))).body, '/payments')
  for (const answer of [await manager.get(accountOf(1, '/payments')), await pay(1, '5'), await adjust(1, '5')]) {
    t.equal(answer.statusCode, 409)
    t.match(words(answer.body), 'The walk-in customer has no account: who leaves no name can’t pay later.')
  }
})

t.test('staff read the account and enter nothing; managers and admins do', async (t) => {
  const fay = await addCustomer(em, { firstName: 'Fay' })
  const { body } = await staff.get(accountOf(fay))
  t.match(words(body), 'Nothing was entered yet What Fay buys on account stands here')
  t.notMatch(body, /\/payments|\/adjustments/)
  const form = { amount: '5', reason: 'Because', key: randomUUID() }
  for (const end of ['/payments', '/adjustments']) {
    for (const answer of [await staff.get(accountOf(fay, end)), await staff.post(accountOf(fay, end), form)]) {
      t.equal(answer.statusCode, 403)
      t.match(words(answer.body), 'Only managers and admins may do this.')
    }
    t.equal((await shop.anonymous.post(accountOf(fay, end), form)).statusCode, 401)
    t.match((await shop.anonymous.get(accountOf(fay, end))).headers.location, '/sign-in?next=')
    t.equal((await manager.post(`/customers/999999/account${end}`, form)).statusCode, 404)
  }
  t.equal(await entriesOf(fay), 0)
  t.equal((await shop.anonymous.get(accountOf(fay))).statusCode, 303)
  for (const role of ['manager', 'admin'] as const) {
    const boss = await shop.as(role)
    t.match((await boss.get(accountOf(fay))).body, /^<!doctype html>[\s\S]*\/payments" data-dialog/)
    t.match((await boss.part(accountOf(fay))).body.trim(), /^<div id="list"/)
    for (const [end, heading] of [
      ['/payments', 'Record Payment'],
      ['/adjustments', 'Adjust Account']
    ] as const) {
      const whole = await boss.get(accountOf(fay, end))
      t.match(whole.body, new RegExp(`^<!doctype html>[\\s\\S]*<h1>${heading}</h1>`))
      t.match((await boss.part(accountOf(fay, end))).body.trim(), /^<div class="dialog-content">/)
      const key = fieldValue(whole.body, 'key') ?? ''
      t.equal((await boss.post(accountOf(fay, end), { ...form, key })).statusCode, 303)
    }
  }
  t.equal(await balanceOf(fay), '0.000')
  t.match(words((await staff.get(accountOf(fay))).body), 'Balance $0.00 settled')
})

t.test('in a window the answer is a part of the page', async (t) => {
  const gus = await addCustomer(em, { firstName: 'Gus' })
  const htmx = { 'hx-request': 'true', 'hx-request-type': 'partial' }
  const url = accountOf(gus, '/payments')
  const refused = await manager.post(url, { amount: '-1', key: randomUUID() }, htmx)
  t.equal(refused.statusCode, 422)
  t.match(refused.body.trim(), /^<div class="dialog-content">/)
  const done = await manager.post(url, { amount: '1', key: randomUUID() }, htmx)
  t.equal(done.headers['hx-redirect'], accountOf(gus))
})
