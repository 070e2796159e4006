import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { verifyFigures } from '../../src/figures/verify.ts'
import { count, type Form, NOW, testApp, words } from '../helper.ts'
import { answerTo, fieldValue, flashOf, linkNamed, selected, tableRows } from '../page.ts'
import { addCustomer, addGroup, owe } from '../shop.ts'
import { recordSale } from '../till.ts'

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
  manager.post(accountOf(customer, '/payments'), { amount, tender: 'cash', key: randomUUID(), ...rest })
/** Whatever is asked about it. */
async function payAnyhow(customer: number, amount: string, rest: Form = {}): ReturnType<typeof pay> {
  const answer = await pay(customer, amount, rest)
  const sure = answerTo(answer.body)
  return sure === undefined
    ? answer
    : payAnyhow(customer, amount, { ...rest, sure, key: fieldValue(answer.body, 'key') ?? '' })
}
const adjust = (customer: number, amount: string, rest: Form = {}) =>
  manager.post(accountOf(customer, '/adjustments'), { amount, reason: 'A mistake', key: randomUUID(), ...rest })

t.test('charges, payments and adjustments stand with the balance after each, the newest first', async (t) => {
  const ann = await addCustomer(em, { firstName: 'Ann', group: trade })
  const receipt = await charge(ann, '100.00')
  const paid = await payAnyhow(ann, '1,030.50')
  t.equal(paid.statusCode, 303)
  t.equal(paid.headers.location, accountOf(ann))
  t.equal(flashOf(manager), 'Payment of $1,030.50 recorded.')
  await adjust(ann, '-0.25', { reason: 'Goodwill <b>' })
  t.equal(flashOf(manager), 'Account adjusted by -$0.25.')
  await adjust(ann, '900')
  const back = await charge(ann, '-20')
  const { body } = await staff.get(accountOf(ann))
  t.same(tableRows(body), [
    [`Return, receipt ${back}`, 'Feb 1, 2026', 'Till', '-$20.00', '-$50.75'],
    ['Adjustment A mistake', 'Mar 2, 2026', 'manager person', '$900.00', '-$30.75'],
    ['Adjustment Goodwill <b>', 'Mar 2, 2026', 'manager person', '-$0.25', '-$930.75'],
    ['Payment Cash', 'Mar 2, 2026', 'manager person', '-$1,030.50', '-$930.50'],
    [`Charge, receipt ${receipt}`, 'Feb 1, 2026', 'Till', '$100.00', '$100.00']
  ])
  t.match(words(body), 'Balance -$50.75 credit Charged $80.00 Paid $1,030.50 Adjusted $899.75')
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
  t.match(words(body), '1 to 25 of 60')
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
    ['1e99', 'Enter the amount as a number, such as 1,234.50.'],
    ['0.001', 'Amounts in USD have at most 2 decimals.'],
    ['12,50', 'Enter the amount as a number'],
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
    [{ amount: '0' }, 'An adjustment can’t be 0.'],
    [{ amount: '-0.00' }, 'An adjustment can’t be 0.'],
    [{ amount: '1e99' }, 'Enter the amount as a number'],
    [{ amount: '-0.001' }, 'Amounts in USD have at most 2 decimals.'],
    [{ amount: '5', reason: ' ' }, 'Enter a reason, so that others understand this entry later.'],
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
  await owe(em, dea, '5')
  const answers = await Promise.all(Array.from({ length: 6 }, () => pay(dea, '5', { key })))
  for (const { statusCode, headers } of answers) t.same([statusCode, headers.location], [303, accountOf(dea)])
  t.equal((await pay(dea, '5', { key })).statusCode, 303)
  t.equal(await entriesOf(dea), 2)
  t.equal(await balanceOf(dea), '0.000')
})

t.test(
  'many payments, adjustments and sales at once: the balance is the sum of the entries, on each page of it',
  async (t) => {
    const eve = await addCustomer(em, { firstName: 'Eve', group: trade })
    const looks: Promise<string>[] = []
    const look = async () => (await staff.get(accountOf(eve))).body
    await Promise.all(
      Array.from({ length: 60 }, async (_, index) => {
        if (index % 3 === 0) await payAnyhow(eve, '1.01')
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
  t.match(words((await manager.get(accountOf(1))).body), 'No account Walk-in sales are paid at once.')
  t.notMatch((await manager.get(accountOf(1))).body, '/payments')
  for (const answer of [await manager.get(accountOf(1, '/payments')), await pay(1, '5'), await adjust(1, '5')]) {
    t.equal(answer.statusCode, 409)
    t.match(words(answer.body), 'Walk-in sales are paid at once, so the walk-in customer has no account.')
  }
})

t.test('staff read the account and enter nothing; managers and admins do', async (t) => {
  const fay = await addCustomer(em, { firstName: 'Fay' })
  const { body } = await staff.get(accountOf(fay))
  t.match(words(body), 'No account activity yet On-account sales to Fay and payments from them appear here.')
  t.notMatch(body, /\/payments|\/adjustments/)
  t.match(words(body), 'Managers and admins can record payments.')
  t.notMatch(words((await manager.get(accountOf(fay))).body), 'Managers and admins can record payments.')
  t.notMatch(words((await staff.get(accountOf(1))).body), 'record payments', 'walk-in sales are paid at once')
  const form = { amount: '5', tender: 'other', reason: 'Because', key: randomUUID() }
  for (const end of ['/payments', '/adjustments']) {
    for (const answer of [await staff.get(accountOf(fay, end)), await staff.post(accountOf(fay, end), form)]) {
      t.equal(answer.statusCode, 403)
      t.match(words(answer.body), /Only managers and admins can (see this page|do this)\./)
    }
    t.equal((await shop.anonymous.post(accountOf(fay, end), form)).statusCode, 401)
    t.match((await shop.anonymous.get(accountOf(fay, end))).headers.location, '/sign-in?next=')
    t.equal((await manager.post(`/customers/999999/account${end}`, form)).statusCode, 404)
  }
  t.equal(await entriesOf(fay), 0)
  await owe(em, fay, '100')
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
      // Each another amount: a second payment of the same is asked about.
      const amount = role === 'admin' ? '55' : '50'
      t.equal((await boss.post(accountOf(fay, end), { ...form, amount, key })).statusCode, 303)
    }
  }
  await adjust(fay, '-100')
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
  const form = { amount: '1', tender: 'card', key: randomUUID() }
  const asked = await manager.post(url, form, htmx)
  t.equal(asked.statusCode, 422)
  t.match(asked.body.trim(), /^<div class="dialog-content">/)
  t.match(words(asked.body), 'Gus owes nothing. Take $1.00 and leave a credit of $1.00?')
  const done = await manager.post(url, { ...form, sure: answerTo(asked.body) ?? '' }, htmx)
  t.equal(done.headers['hx-redirect'], accountOf(gus))
})

t.test('a payment says how, when and with which reference it was made', async (t) => {
  const hal = await addCustomer(em, { firstName: 'Hal' })
  await owe(em, hal, '100')
  const blank = (await manager.get(accountOf(hal, '/payments'))).body
  t.equal(fieldValue(blank, 'paidOn'), '2026-03-02', 'today where the retailer is')
  t.match(words(blank), 'Choose Cash Card Bank transfer Check Other')
  const paid = { tender: 'cheque', paidOn: '2026-02-27', reference: 'No. 1042 <b>' }
  t.equal((await pay(hal, '10', paid)).statusCode, 303)
  t.equal((await pay(hal, '20', { tender: 'transfer', paidOn: '' })).statusCode, 303)
  const { body } = await staff.get(accountOf(hal))
  t.same(tableRows(body).slice(0, 2), [
    ['Payment Bank transfer', 'Mar 2, 2026', 'manager person', '-$20.00', '$70.00'],
    ['Payment Check, No. 1042 <b>', 'Feb 27, 2026', 'manager person', '-$10.00', '$90.00']
  ])
  const mistakes: [form: Form, sentence: string][] = [
    [{ tender: '' }, 'Choose how it was paid.'],
    [{ tender: 'gold' }, 'Choose how it was paid.'],
    [{ tender: ['cash', 'card'] }, 'Choose how it was paid.'],
    [{ paidOn: '2026-03-03' }, 'The date can’t be in the future.'],
    [{ paidOn: '2021-03-01' }, 'The date is more than 5 years ago. Check the year.'],
    [{ paidOn: '0202-03-01' }, 'The date is more than 5 years ago. Check the year.'],
    [{ paidOn: '2026-02-30' }, 'Enter a date that exists, as year-month-day: 2026-02-28.'],
    [{ paidOn: 'yesterday' }, 'Enter a date that exists'],
    [{ reference: 'x'.repeat(101) }, 'The reference must have at most 100 characters.'],
    [{ reference: 'a\u0000b' }, 'The reference has characters that can’t be shown. Type it again.'],
    [{ reference: 'a\u202eb' }, 'The reference has characters that can’t be shown. Type it again.']
  ]
  for (const [form, sentence] of mistakes) {
    const typed = { tender: 'card', paidOn: '2026-03-01', reference: 'R <i>', ...form }
    const refused = await pay(hal, '7', typed)
    t.equal(refused.statusCode, 422, sentence)
    t.match(words(refused.body), sentence)
    t.equal(fieldValue(refused.body, 'amount'), '7')
    if (typed.tender === 'card') t.equal(selected(refused.body, 'tender'), 'card')
  }
  t.equal(await entriesOf(hal), 3)
})

t.test('more than is owed is asked about, with everything typed kept', async (t) => {
  const ivy = await addCustomer(em, { firstName: 'Ivy' })
  await owe(em, ivy, '47.14')
  const form = { tender: 'card', paidOn: '2026-02-20', reference: 'T 7', key: randomUUID() }
  const asked = await pay(ivy, '5,000', form)
  t.equal(asked.statusCode, 422)
  t.match(words(asked.body), 'Ivy owes $47.14. Take $5,000.00 and leave a credit of $4,952.86?')
  t.match(words(asked.body), 'Take $5,000.00 Amount')
  t.equal(asked.body.split('Record Payment</button>').length, 2, 'but for the hidden one, which answers nothing')
  for (const name of ['paidOn', 'reference', 'key'] as const) t.equal(fieldValue(asked.body, name), form[name])
  t.equal(fieldValue(asked.body, 'amount'), '5,000')
  t.equal(selected(asked.body, 'tender'), 'card')
  const sure = answerTo(asked.body) ?? ''
  t.equal((await pay(ivy, '5,001', { ...form, sure })).statusCode, 422, 'an answer is to one question only')
  t.equal((await pay(ivy, '5,000', { ...form, sure: 'true' })).statusCode, 422)
  t.equal(await entriesOf(ivy), 1)
  t.equal((await pay(ivy, '5,000', { ...form, sure })).statusCode, 303)
  t.equal((await pay(ivy, '5,000', { ...form, sure })).statusCode, 303, 'the same form once more')
  t.equal(await balanceOf(ivy), '-4952.860')
  const more = await pay(ivy, '0.14')
  t.match(words(more.body), 'Ivy has a credit of $4,952.86. Take $0.14 and raise it to $4,953.00?')
  t.equal((await pay(ivy, '0.13')).statusCode, 422)
})

t.test('an answer counts for the amount, the customer and the form it was asked with', async (t) => {
  const [mia, ned] = [await addCustomer(em, { firstName: 'Mia' }), await addCustomer(em, { firstName: 'Ned' })]
  for (const one of [mia, ned]) await owe(em, one, '143.58')
  const form = { tender: 'card', paidOn: '2026-02-20', reference: 'T 8 <b>', key: randomUUID() }
  const sure = answerTo((await pay(mia, '500', form)).body) ?? ''
  const less = await pay(mia, '43.58', { ...form, sure })
  t.equal(less.statusCode, 422)
  t.match(words(less.body), 'You changed the amount. Check it, then record the payment.')
  for (const name of ['paidOn', 'reference', 'key'] as const) t.equal(fieldValue(less.body, name), form[name])
  t.equal(fieldValue(less.body, 'amount'), '43.58')
  t.equal(selected(less.body, 'tender'), 'card')
  t.equal(answerTo(less.body), undefined, 'it is in no doubt')
  const more = await pay(mia, '300', { ...form, sure })
  t.equal(more.statusCode, 422)
  t.match(
    words(more.body),
    'You changed the amount. Mia owes $143.58. Take $300.00 and leave a credit of $156.42? Take $300.00'
  )
  t.match(words((await pay(ned, '43.58', { sure })).body), 'You changed the amount.')
  t.equal((await pay(ned, '500', { sure })).statusCode, 422, 'somebody else’s account')
  for (const odd of ['true', `${sure}\u0000`, `' or 1=1 --`, 'x'.repeat(120)])
    t.equal((await pay(mia, '43.58', { sure: odd })).statusCode, 422, odd)
  t.equal(await entriesOf(mia), 1)
  t.equal(await entriesOf(ned), 1)
  t.equal((await pay(mia, '$300.00', { ...form, sure: answerTo(more.body) ?? '' })).statusCode, 303, 'as it was asked')
  t.equal(await balanceOf(mia), '-156.420')
  await owe(em, ned, '400')
  const calm = answerTo((await pay(ned, '600')).body) ?? ''
  await owe(em, ned, '100')
  t.equal((await pay(ned, '600', { sure: calm })).statusCode, 303, 'what was asked about is in doubt no longer')
})

t.test('a second payment of the same amount within minutes is asked about', async (t) => {
  const jan = await addCustomer(em, { firstName: 'Jan' })
  await owe(em, jan, '500')
  t.equal((await pay(jan, '50')).statusCode, 303)
  const took = (minutes: number) =>
    rows(
      em,
      sql`update account_entry set entered_at = ${NOW}::timestamptz - make_interval(mins => ${minutes}) where customer_id = ${jan}`
    )
  t.match(
    words((await pay(jan, '50')).body),
    'A payment of $50.00 was taken less than a minute ago by manager person. Take another?'
  )
  await took(2)
  const again = await pay(jan, '50.00')
  t.equal(again.statusCode, 422)
  t.match(words(again.body), 'A payment of $50.00 was taken 2 minutes ago by manager person. Take another?')
  t.equal((await pay(jan, '50.01')).statusCode, 303, 'another amount is another payment')
  const sure = answerTo(again.body) ?? ''
  t.equal((await pay(jan, '50', { sure })).statusCode, 303)
  t.equal((await pay(jan, '50', { sure })).statusCode, 422, 'and is asked about once more for a third')
  await took(10)
  t.equal((await pay(jan, '50')).statusCode, 303)
})

t.test('of payments at the same moment one is taken, and the others are asked about', async (t) => {
  const kim = await addCustomer(em, { firstName: 'Kim' })
  await owe(em, kim, '30')
  const answers = await Promise.all(Array.from({ length: 5 }, () => pay(kim, '30')))
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 422, 422, 422, 422])
  const asked = answers.find(({ statusCode }) => statusCode === 422)?.body ?? ''
  t.match(
    words(asked),
    'A payment of $30.00 was taken less than a minute ago by manager person. Kim owes nothing. Take $30.00'
  )
  const sure = answerTo(asked) ?? ''
  const sureOf = await Promise.all(Array.from({ length: 4 }, () => pay(kim, '30', { sure })))
  t.same(sureOf.map(({ statusCode }) => statusCode).sort(), [303, 422, 422, 422])
  t.equal(await balanceOf(kim), '-30.000')
})

t.test('what an account comes to is kept with its entries, whatever becomes of them', async (t) => {
  const lea = await addCustomer(em, { firstName: 'Lea', group: trade })
  const kept = async () =>
    (await row(em, sql<{ balance: string }>`select balance from account_balance where customer_id = ${lea}`))?.balance
  t.equal(await kept(), undefined)
  await charge(lea, '12.50')
  t.equal(await kept(), '12.500')
  await owe(em, lea, '-12.50')
  t.equal(await kept(), '0.000')
  await rows(em, sql`update account_entry set amount = amount + 1 where customer_id = ${lea} and kind = 'adjustment'`)
  t.equal(await kept(), '1.000')
  await rows(em, sql`delete from account_entry where customer_id = ${lea} and kind = 'adjustment'`)
  t.equal(await kept(), '12.500')
  const drift = (await verifyFigures(em)).find(({ figure }) => figure === 'Balances of accounts')
  t.match(drift, { drifted: 0 })
  t.ok((drift?.checked ?? 0) > 5)
  await rows(em, sql`update account_balance set balance = 1 where customer_id = ${lea}`)
  t.match(
    (await verifyFigures(em, { repair: true })).find(({ drifted }) => drifted > 0),
    { figure: 'Balances of accounts' }
  )
  t.equal(await kept(), '12.500')
})
