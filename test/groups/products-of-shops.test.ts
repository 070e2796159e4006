import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { forgetShopsRankings } from '../../src/figures/forget.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { fieldValue, linkNamed, selected, tableRows } from '../page.ts'
import { addCustomers, addGroup } from '../shop.ts'
import { recordSale, tillOf } from '../till.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')
const group = await addGroup(em, 'Regulars')
const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'], { group })
const [outsider = 0] = await addCustomers(em, ['Outsider', 'Nobody'])
const path = `/groups/${group}/products`

const tills = [await tillOf(em, '1', 'High Street'), await tillOf(em, '2', 'High Street')]
let receipts = 0
async function sell(till: number, customerId: number, soldAt: string, name: string, units: number) {
  const amount = `${units * 10}.00`
  const lines = [{ sku: name.toUpperCase(), name, quantity: String(units), amount }]
  const receipt = `${++receipts}`
  await recordSale(em, { till, customerId, soldAt: new Date(soldAt), receipt, lines, tenders: { card: amount } })
}
const [one = 0, two = 0] = tills
await sell(one, ann, '2026-02-20T15:00Z', 'Rug', 5)
await sell(two, bob, '2026-02-20T15:00Z', 'Axe', 6)
await sell(two, bob, '2025-02-20T15:00Z', 'Axe', 1)
await sell(two, outsider, '2026-02-20T15:00Z', 'Axe', 1)

t.test('with one shop there is nothing to choose', async (t) => {
  t.notMatch((await staff.get(path)).body, '<select')
  const harbour = await tillOf(em, '1', 'Harbour & Sons')
  await sell(harbour, ann, '2026-02-21T15:00Z', 'Pen', 3)
  await sell(harbour, bob, '2025-01-21T15:00Z', 'Cup', 4)
  await sell(harbour, outsider, '2026-02-21T15:00Z', 'Axe', 9)
  t.match((await staff.get(path)).body, '<select')
})

const high = 'High+Street'
const pier = 'Harbour+%26+Sons'

/** Looks until the jobs of a ranking, and of what it is compared with, are done. */
async function ranking(query: string) {
  for (let looks = 0; looks < 3; looks++) {
    await staff.get(`${path}?${query}`)
    await doJobs(shop, now)
  }
  return (await staff.get(`${path}?${query}`)).body
}
const sold = (html: string) => tableRows(html).map(([rank, name, units]) => `${rank} ${name} ${units}`)

t.test('what is bought in one shop, at any of its tills, of a period or of all time, as of a moment', async (t) => {
  const first = await staff.get(`${path}?shop=${high}&period=30`)
  t.match(words(first.body), 'Calculating… What customers in Regulars bought in the last 30 days at High Street')
  const lately = await ranking(`shop=${high}&period=30`)
  t.same(sold(lately), ['1 Axe AXE 6', '2 Rug RUG 5'])
  t.match(words(lately), 'Last 30 days at High Street, net of returns, as of 9:00 AM')
  t.equal(selected(lately, 'shop'), 'High Street')
  const ever = await ranking(`shop=${high}`)
  t.same(sold(ever), ['1 Axe AXE 7', '2 Rug RUG 5'])
  t.match(words(ever), 'All time at High Street, net of returns, as of 9:00 AM')
  t.same(sold(await ranking(`shop=${pier}`)), ['1 Cup CUP 4', '2 Pen PEN 3'])
  t.same(sold(await ranking(`shop=${pier}&period=90`)), ['1 Pen PEN 3'])
  t.same(sold(await ranking('period=90')), ['1 Axe AXE 6', '2 Rug RUG 5', '3 Pen PEN 3'], 'and all shops as before')
  t.same(sold(await ranking('')), ['1 Axe AXE 7', '2 Rug RUG 5', '3 Cup CUP 4', '4 Pen PEN 3'])
})

t.test('lift compares with what all customers bought in that shop', async (t) => {
  // Of two members and four customers: 1 of 2, 1 of 1.
  const lifts = tableRows(await ranking(`shop=${high}&sort=name`)).map(([, name, , , share, lift]) => [
    name,
    share,
    lift
  ])
  t.same(lifts, [
    ['Axe AXE', '1 (50.0%)', '1.0×'],
    ['Rug RUG', '1 (50.0%)', '2.0×']
  ])
})

t.test('the shop is kept by links to periods, columns and pages, and they by the shop', async (t) => {
  const page = (await staff.get(`${path}?shop=${pier}&sort=name&period=90`)).body
  t.equal(linkNamed(page, '30 days'), `${path}?shop=${pier}&period=30&sort=name`)
  t.equal(linkNamed(page, 'All time'), `${path}?shop=${pier}&sort=name`)
  t.match(page, '<input type="hidden" name="period" value="90"><input type="hidden" name="sort" value="name">')
  t.equal((await staff.get(`${path}?period=90&sort=name&shop=`)).headers.location, `${path}?period=90&sort=name`)
  const part = await staff.part(`${path}?period=90&shop=`)
  t.equal(part.headers['hx-replace-url'], `${path}?period=90`)
  t.match(part.body, '<hx-partial hx-target="#look">')
})

t.test('where nobody in the group bought anything it says so, and leads out', async (t) => {
  await tillOf(em, '1', 'Quiet')
  const never = await ranking('shop=quiet')
  t.match(words(never), 'Nothing sold at Quiet Customers in Regulars bought nothing there. Show all shops')
  t.equal(linkNamed(never, 'Show all shops'), path)
  t.match(words(await ranking('shop=quiet&period=30')), 'Nothing sold in the last 30 days at Quiet')
})

t.test('the file has the shop in its name; no such shop is said', async (t) => {
  const href = `${path}.csv?shop=${pier}`
  const file = await manager.get(href)
  t.match(file.headers['content-disposition'], 'filename="Regulars products Harbour & Sons all time.csv"')
  t.same(
    file.body.split('\r\n').map((line) => line.split(',')[1]),
    ['SKU', 'CUP', 'PEN', undefined]
  )
  t.equal((await manager.get(`${path}.csv?shop=${pier}&period=365`)).statusCode, 409, 'nobody has looked at it')
  t.equal((await staff.get(href)).statusCode, 403)
  t.equal((await shop.anonymous.get(`${path}?shop=${pier}`)).headers.location?.slice(0, 9), '/sign-in?')
  for (const address of [`${path}?shop=999`, `${path}.csv?shop=999`]) {
    const answer = await manager.get(address)
    t.equal(answer.statusCode, 422)
    t.match(words(answer.body), 'There is no shop called “999”.')
  }
})

t.test('one of all time lasts a quarter of an hour, and is forgotten when nobody has looked for a day', async (t) => {
  const isOld = async (query: string) => (await staff.get(`${path}?${query}`)).body.includes('every 2s')
  now = new Date(NOW.getTime() + 6 * 60_000)
  t.notOk(await isOld(`shop=${high}`))
  t.ok(await isOld(`shop=${high}&period=30`))
  now = new Date(NOW.getTime() + 16 * 60_000)
  t.ok(await isOld(`shop=${high}`))
  await doJobs(shop, now)
  const kept = (ofShops: boolean) =>
    count(em, sql`select count(*)::int as n from period_ranking where (shop_id <> 0) = ${ofShops}`)
  await forgetShopsRankings(em, now)
  t.ok(await kept(true))
  await forgetShopsRankings(em, new Date(now.getTime() + 25 * 60 * 60_000))
  t.equal(await kept(true), 0)
  t.equal(await count(em, sql`select count(*)::int as n from everyone_period where shop_id <> 0`), 0)
  t.ok(await kept(false), 'those of all shops are few')
})

t.test('of many shops the name is typed', async (t) => {
  await rows(em, sql`insert into shop (name) select 'Kiosk ' || n from generate_series(1, 40) n`)
  const page = (await staff.get(`${path}?shop=${pier}`)).body
  t.equal(fieldValue(page, 'shop'), 'Harbour & Sons')
  t.equal(page.match(/<option /g)?.length, 20)
  t.match(page, '<datalist id="shops">')
  const panel = (await staff.part(`/customers?shop=${pier}&filters=open`)).body
  t.equal(fieldValue(panel, 'shop'), 'Harbour & Sons')
})
