import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { NOW, testApp, words } from '../helper.ts'
import { column, tableRows } from '../page.ts'
import { addCustomer, addSale } from '../shop.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop

const at = (moment: string) => {
  now = new Date(moment)
}
const inZone = (zone: string) => rows(em, sql`update retailer set time_zone = ${zone}, version = version + 1`)
const [AGE, LAST_ORDER] = [3, 7]
/** Sessions end with the day: each look is somebody who has just signed in. */
const get = async (url: string) => (await (await shop.as('staff')).get(url)).body
const listed = async (query: string) => column(await get(`/customers?${query}`))
const cell = async (name: string, index: number) => tableRows(await get(`/customers?q=${name}`))[0]?.[index]

t.beforeEach(async () => {
  await rows(em, sql`delete from customer where id <> 1`)
  await inZone('America/New_York')
})

t.test('age is whole years on the retailer’s day', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ada', birthDate: '1990-03-02' })
  // The birthday begins at midnight in New York, five hours later than in London.
  at('2026-03-02T04:59:59Z')
  t.equal(await cell('Ada', AGE), '35')
  at('2026-03-02T05:00:00Z')
  t.equal(await cell('Ada', AGE), '36')
  t.match(words(await get(`/customers/${id}`)), 'Birth date Mar 2, 1990 (36)')
  at('2027-03-02T04:59:59Z')
  t.equal(await cell('Ada', AGE), '36')
  await inZone('Pacific/Kiritimati')
  t.equal(await cell('Ada', AGE), '37', 'there it is the day already')
})

t.test('who was born on 29 February is a year older on 1 March', async (t) => {
  await addCustomer(em, { firstName: 'Leap', birthDate: '2004-02-29' })
  for (const [moment, age] of [
    ['2025-02-28T17:00Z', '20'],
    ['2025-03-01T17:00Z', '21'],
    ['2028-02-28T17:00Z', '23'],
    ['2028-02-29T17:00Z', '24']
  ] as const) {
    at(moment)
    t.equal(await cell('Leap', AGE), age, moment)
  }
})

t.test('a child born today is 0, an unknown age a dash', async (t) => {
  at('2026-03-02T14:00Z')
  await addCustomer(em, { firstName: 'Baby', birthDate: '2026-03-02' })
  await addCustomer(em, { firstName: 'Unknown' })
  t.equal(await cell('Baby', AGE), '0')
  t.equal(await cell('Unknown', AGE), '—')
})

t.test('the last order is whole days ago on the retailer’s calendar', async (t) => {
  const id = await addCustomer(em, { firstName: 'Buyer' })
  t.equal(await cell('Buyer', LAST_ORDER), 'never')
  // 11.30 p.m. on 1 March in New York; in UTC it is the 2nd.
  await addSale(em, id, '2026-03-02T04:30Z', [['Lamp', 1, 5]])
  for (const [moment, words] of [
    ['2026-03-02T04:45Z', 'today'],
    ['2026-03-02T04:59:59Z', 'today'],
    ['2026-03-02T05:00Z', 'yesterday'],
    ['2026-03-03T04:59:59Z', 'yesterday'],
    ['2026-03-03T05:00Z', '2 days ago'],
    ['2026-03-02T04:00Z', 'today'],
    ['2028-11-26T17:00Z', '1,001 days ago']
  ] as const) {
    at(moment)
    t.equal(await cell('Buyer', LAST_ORDER), words, moment)
  }
  at('2026-03-02T14:00Z')
  t.match(words(await get(`/customers/${id}`)), 'Last order yesterday Mar 1, 2026')
})

t.test('within and not within N days turn over on the day’s edge, and together they are everybody', async (t) => {
  // Midnight in New York is 05:00 UTC in winter.
  const sold: [string, string | null][] = [
    ['Never', null],
    ['Seven', '2026-02-23T05:00:00Z'],
    ['Eight', '2026-02-23T04:59:59.999999Z'],
    ['Today', '2026-03-02T05:00:00Z'],
    ['Yesterday', '2026-03-02T04:59:59.999999Z']
  ]
  for (const [firstName, moment] of sold) {
    const id = await addCustomer(em, { firstName })
    if (moment) await addSale(em, id, moment, [['Lamp', 1, 5]])
  }
  at('2026-03-02T14:00Z')
  t.same(await listed('ordered-within=0'), ['Today'])
  t.same(await listed('ordered-within=1'), ['Today', 'Yesterday'])
  t.same(await listed('ordered-within=7'), ['Seven', 'Today', 'Yesterday'])
  t.same(await listed('ordered-within=8'), ['Eight', 'Seven', 'Today', 'Yesterday'])
  t.same(await listed('not-ordered-within=0'), ['Eight', 'Never', 'Seven', 'Yesterday'])
  t.same(await listed('not-ordered-within=7'), ['Eight', 'Never'])
  for (const days of [0, 1, 7, 8, 36500]) {
    const [within, not] = [await listed(`ordered-within=${days}`), await listed(`not-ordered-within=${days}`)]
    t.same([...within, ...not].sort(), sold.map(([name]) => name).sort(), `${days} days`)
  }
  at('2026-03-03T05:00:00Z')
  t.same(await listed('ordered-within=0'), [])
  t.same(await listed('ordered-within=7'), ['Today', 'Yesterday'])
  await inZone('Europe/London')
  t.same(await listed('ordered-within=1'), ['Today', 'Yesterday'], 'by its own midnight, five hours earlier')
})

t.test('days are days where a clock change makes them 23 or 25 hours long', async (t) => {
  // In New York clocks went forward on 8 March 2026 (midnight at 05:00 UTC before, 04:00 after) and back on 1 November.
  const before = await addCustomer(em, { firstName: 'Spring' })
  await addSale(em, before, '2026-03-08T05:00:00Z', [['Lamp', 1, 5]])
  at('2026-03-09T03:59:59Z')
  t.equal(await cell('Spring', LAST_ORDER), 'today', '22 h 59 min later')
  at('2026-03-09T04:00:00Z')
  t.equal(await cell('Spring', LAST_ORDER), 'yesterday', '23 hours later')
  t.same(await listed('ordered-within=1'), ['Spring'])
  t.same(await listed('ordered-within=0'), [])
  const after = await addCustomer(em, { firstName: 'Autumn' })
  await addSale(em, after, '2026-11-01T04:00:00Z', [['Lamp', 1, 5]])
  at('2026-11-02T04:59:59Z')
  t.equal(await cell('Autumn', LAST_ORDER), 'today', '24 h 59 min later')
  at('2026-11-02T05:00:00Z')
  t.equal(await cell('Autumn', LAST_ORDER), 'yesterday', '25 hours later')
  t.same(await listed('ordered-within=1'), ['Autumn'])
})

t.test('a midnight that a clock change skips begins the day all the same', async (t) => {
  // In Beirut clocks went from 00:00 to 01:00 on 29 March 2026: the day begins at 22:00 UTC of the 28th.
  await inZone('Asia/Beirut')
  const early = await addCustomer(em, { firstName: 'Early' })
  const late = await addCustomer(em, { firstName: 'Late' })
  await addSale(em, early, '2026-03-28T21:59:59Z', [['Lamp', 1, 5]])
  await addSale(em, late, '2026-03-28T22:00:00Z', [['Lamp', 1, 5]])
  at('2026-03-29T10:00Z')
  t.equal(await cell('Early', LAST_ORDER), 'yesterday')
  t.equal(await cell('Late', LAST_ORDER), 'today')
  t.same(await listed('ordered-within=0'), ['Late'])
  t.same(await listed('not-ordered-within=0'), ['Early'])
})
