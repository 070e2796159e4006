import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { linkNamed } from '../page.ts'
import { addCustomer, addGroup, addSale } from '../shop.ts'
import type { NewSale } from '../till.ts'
import { recordSale, recordSales } from '../till.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

const receiptsOn = (html: string) => [...html.matchAll(/Receipt ([A-Z]+-\d+)<\/p>/g)].map(([, receipt]) => receipt)
const urlOf = (customer: number, query = '') => `/customers/${customer}/orders${query}`

function simple(customerId: number, receipt: string, soldAt: string, amount = '10.00'): NewSale {
  const isReturn = amount.startsWith('-')
  const lines = [{ sku: 'RUG', name: 'Rug', quantity: isReturn ? '-1' : '1', amount }]
  return { receipt, customerId, soldAt: new Date(soldAt), lines, tenders: { card: amount } }
}

t.test('each sale stands with its lines, discounts, tenders and total, the newest first', async (t) => {
  const group = await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true })
  const ann = await addCustomer(em, { firstName: 'Ann', group })
  await recordSale(em, {
    receipt: 'A-1',
    customerId: ann,
    soldAt: new Date('2026-02-01T15:00Z'),
    lines: [
      { sku: 'RUG', name: 'Rug <red>', quantity: '2', amount: '19.98', discount: '1.50' },
      { sku: 'OIL', name: 'Oil', quantity: '0.255', amount: '1.02' },
      { sku: 'CUP', name: 'Cup', quantity: '-1', amount: '-3' }
    ],
    tenders: { cash: '1', card: '5', onAccount: '12' }
  })
  await recordSale(em, simple(ann, 'A-2', '2026-02-03T04:30Z', '-9.99'))
  const { body } = await staff.get(urlOf(ann))
  t.same(receiptsOn(body), ['A-2', 'A-1'])
  const text = words(body)
  t.match(text, '1 order 1 return Net $8.01')
  t.match(
    text,
    'Feb 2, 2026, 11:30 PM Receipt A-2 High Street, till Till 1 Return',
    'the day it was where the retailer is'
  )
  t.match(text, 'Rug <red> Manual discount: $1.50 off 2 × $19.98 Oil 0.255 × $1.02 Cup Returned -1 × -$3.00')
  t.match(
    text,
    'Noted Brought back without the sale that it was bought in. Trade: may buy on account, discounts by hand.'
  )
  t.match(text, 'Total $18.00 Cash $1.00 Card $5.00 On account $12.00')
  t.match(text, 'Total -$9.99 Card -$9.99')
  t.notMatch(body, '<red>')
})

t.test('pages of 25 by key, forward and back, through sales of one moment', async (t) => {
  const bob = await addCustomer(em, { firstName: 'Bob' })
  const eve = await addCustomer(em, { firstName: 'Eve' })
  const day = (index: number) => `2026-01-${String((index % 9) + 1).padStart(2, '0')}T12:00Z`
  await recordSales(
    em,
    Array.from({ length: 60 }, (_, index) => simple(index % 6 === 5 ? eve : bob, `B-${index}`, day(index)))
  )
  const expected = await rows(
    em,
    sql<{ receipt: string }>`select receipt from sale where customer_id = ${bob} order by sold_at desc, id desc`
  )
  const pages: (string | undefined)[][] = []
  let { body } = await staff.get(urlOf(bob))
  t.match(words(body), '50 orders 0 returns Net $500.00')
  t.match(words(body), '1 to 25 of 50')
  pages.push(receiptsOn(body))
  for (let next = linkNamed(body, 'Next'); next; next = linkNamed(body, 'Next')) {
    body = (await staff.get(next)).body
    pages.push(receiptsOn(body))
  }
  t.same(
    pages.map((page) => page.length),
    [25, 25]
  )
  t.same(
    pages.flat(),
    expected.map(({ receipt }) => receipt)
  )
  t.match(words(body), '26 to 50 of 50')
  body = (await staff.get(linkNamed(body, 'Previous') ?? '')).body
  t.same(receiptsOn(body), pages[0])
  const after = Buffer.from(JSON.stringify(['2020-01-01T00:00:00Z', 1])).toString('base64url')
  const past = await staff.get(urlOf(bob, `?days=365&after=${after}`))
  t.equal(past.headers.location, urlOf(bob, '?days=365'), 'a page past the end leads to the first')
  for (const bad of ['x', Buffer.from('["2026-02-30T00:00:00Z",1]').toString('base64url')])
    t.equal((await staff.get(urlOf(bob, `?after=${bad}`))).statusCode, 400)
})

t.test('a period is of the retailer’s days, first and last included', async (t) => {
  const cem = await addCustomer(em, { firstName: 'Cem' })
  // New York is at UTC-5, from 8 March at UTC-4.
  await recordSales(em, [
    simple(cem, 'C-1', '2026-03-01T04:59:59.999Z'),
    simple(cem, 'C-2', '2026-03-01T05:00Z'),
    simple(cem, 'C-3', '2026-03-02T04:59:59.999Z', '-4'),
    simple(cem, 'C-4', '2026-03-02T05:00Z'),
    simple(cem, 'C-5', '2026-02-01T05:00Z'),
    simple(cem, 'C-6', '2026-02-01T04:59Z'),
    simple(cem, 'C-7', '2024-01-01T12:00Z')
  ])
  const shown = async (query: string) => receiptsOn((await staff.get(urlOf(cem, query))).body)
  t.same(await shown('?from=2026-03-01&to=2026-03-01'), ['C-3', 'C-2'])
  t.same(await shown('?from=2026-03-02'), ['C-4'])
  t.same(await shown('?to=2026-01-31'), ['C-6', 'C-7'])
  t.same(await shown('?days=30'), ['C-4', 'C-3', 'C-2', 'C-1', 'C-5'])
  t.same(await shown('?days=365'), ['C-4', 'C-3', 'C-2', 'C-1', 'C-5', 'C-6'])
  t.same(await shown('?days=7'), await shown(''), 'no such choice')
  t.same(await shown('?receipt=C-3'), ['C-3'])
  t.same(await shown('?receipt=A-1'), [], 'another customer’s')
  const page = (await staff.get(urlOf(cem, '?from=2026-03-01&to=2026-03-01'))).body
  t.match(words(page), '1 order 1 return Net $6.00')
  t.match(words(page), 'From Mar 1, 2026 , remove')
  t.equal(linkNamed(page, '30 days'), urlOf(cem, '?days=30'))
  t.match(words((await staff.get(urlOf(cem, '?days=30'))).body), '4 orders 1 return')
  t.match(words((await staff.get(urlOf(cem, '?from=1999-01-01&to=1999-12-31'))).body), 'No orders match')
  t.equal((await staff.get(urlOf(cem, '?from=&to=&receipt='))).headers.location, urlOf(cem), 'empty fields go')
})

t.test('a period that can’t be read is said, and the rest holds', async (t) => {
  const dea = await addCustomer(em, { firstName: 'Dea' })
  await addSale(em, dea, '2026-02-01T12:00Z', [['Lamp', 1, 5]])
  const cases: [query: string, sentence: string][] = [
    ['?from=2026-02-30', 'From must be a date that exists, as year-month-day: 2026-02-28.'],
    ['?to=0000-01-01', 'To must be a date that exists'],
    ['?from=yesterday', 'From must be a date that exists'],
    ['?to=2026-01-01%00', 'To has characters that can’t be shown.'],
    ['?from=2026-03-02&to=2026-03-01', '“To” can’t be before “From”.'],
    [`?receipt=${'x'.repeat(81)}`, 'The receipt must have at most 80 characters.']
  ]
  for (const [query, sentence] of cases) {
    const answer = await staff.get(urlOf(dea, query))
    t.equal(answer.statusCode, 422, query)
    t.match(words(answer.body), sentence)
  }
  t.equal((await staff.get(urlOf(dea, '?from=a&from=2026-02-01&from[x]=1'))).statusCode, 200)
  t.equal((await staff.get(urlOf(dea, '?from=9999-12-31'))).statusCode, 200)
  t.equal((await staff.get(urlOf(dea, '?to=9999-12-31'))).statusCode, 200)
})

t.test('a receipt of many lines shows some of them, and all by itself', async (t) => {
  const fay = await addCustomer(em, { firstName: 'Fay' })
  const lines = Array.from({ length: 45 }, (_, index) => {
    return { sku: `L${index}`, name: `Thing ${index}.`, quantity: '1', amount: '1' }
  })
  const sale = {
    receipt: 'LONG-1',
    customerId: fay,
    soldAt: new Date('2026-02-01T12:00Z'),
    lines,
    tenders: { cash: '45' }
  }
  await recordSale(em, sale)
  const { body } = await staff.get(urlOf(fay))
  t.match(words(body), 'Thing 19.')
  t.notMatch(words(body), 'Thing 20.')
  const alone = await staff.get(linkNamed(body, '25 more lines') ?? '')
  t.match(words(alone.body), 'Thing 44.')
})

t.test('who bought nothing, and who leaves no name', async (t) => {
  const gus = await addCustomer(em, { firstName: 'Gus' })
  t.match(words((await staff.get(urlOf(gus))).body), 'No orders yet Sales to Gus and returns from them appear here.')
  await addSale(em, 1, '2026-02-01T12:00Z', [['Lamp', 1, 5]])
  const walkIn = await staff.get(urlOf(1))
  t.match(words(walkIn.body), 'Lamp 1 × $5.00')
  t.notMatch(words(walkIn.body), 'Net', 'their sales are too many to add up')
})

t.test('all who are signed in see it, as a page and as its part', async (t) => {
  const hal = await addCustomer(em, { firstName: 'Hal' })
  await addSale(em, hal, '2026-02-01T12:00Z', [['Lamp', 1, 5]])
  for (const role of ['staff', 'manager', 'admin'] as const) {
    const browser = await shop.as(role)
    t.match((await browser.get(urlOf(hal))).body, /^<!doctype html>[\s\S]*<h1>Hal<\/h1>/)
    t.match((await browser.part(urlOf(hal))).body.trim(), /^<div id="list"/)
    for (const id of ['999999', '0', 'x', '99999999999']) {
      const gone = await browser.get(`/customers/${id}/orders`)
      t.equal(gone.statusCode, 404)
    }
  }
  const answer = await shop.anonymous.get(urlOf(hal))
  t.equal(answer.headers.location, `/sign-in?next=${encodeURIComponent(urlOf(hal))}`)
})
