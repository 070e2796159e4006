import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { linkNamed, tableRows } from '../page.ts'
import { addCustomers, addGroup, addList, addSale, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

t.test('products rank by units net of returns, ties by revenue, then by name', async (t) => {
  const group = await addGroup(em, 'Buyers')
  const [ann = 0, bob = 0, , dea = 0] = await addCustomers(em, ['Ann', 'Bob', 'Cem', 'Dea'], { group })
  const [outsider = 0] = await addCustomers(em, ['Outsider'])
  const day = '2026-01-05T15:00Z'
  await addSale(em, ann, day, [
    ['Rug', 5, 50],
    ['Axe', 3, 30],
    ['Bow', 3, 30]
  ])
  await addSale(em, ann, day, [['Rug', -4, -40]])
  await addSale(em, bob, day, [
    ['Cup', 3, 30.01],
    ['Rug', 1, 10],
    ['Pen', 1.5, 3]
  ])
  await addSale(em, dea, day, [
    ['Élan', 3, 29],
    ['Rug', 1, 10],
    ['Tie', 1, 7]
  ])
  await addSale(em, dea, day, [['Tie', -1, -7]])
  await addSale(em, outsider, day, [['Axe', 100, 1000]])
  const page = await staff.get(`/groups/${group}/products`)
  t.equal(page.statusCode, 200)
  t.same(tableRows(page.body), [
    ['1', 'Cup CUP', '3', '$30.01', '1 (25.0%)', '1.3×'],
    ['2', 'Axe AXE', '3', '$30.00', '1 (25.0%)', '0.6×'],
    ['3', 'Bow BOW', '3', '$30.00', '1 (25.0%)', '1.3×'],
    ['4', 'Rug RUG', '3', '$30.00', '3 (75.0%)', '1.3×'],
    ['5', 'Élan ÉLAN', '3', '$29.00', '1 (25.0%)', '1.3×'],
    ['6', 'Pen PEN', '1.5', '$3.00', '1 (25.0%)', '1.3×'],
    ['7', 'Tie TIE', '0', '$0.00', '1 (25.0%)', '1.3×']
  ])
  t.match(words(page.body), 'All time, net of returns')
})

t.test('a group whose members bought nothing says so; Walk-in has no ranking', async (t) => {
  const empty = await addList(em, 'Empty')
  await addSale(em, 1, '2026-01-05T15:00Z', [['Gum', 3, 3]])
  for (const group of [empty, WALK_IN])
    t.match(words((await staff.get(`/groups/${group}/products`)).body), 'Nothing sold yet')
})

t.test('pages of 25 ranks, forward and back', async (t) => {
  const group = await addGroup(em, 'Collectors')
  const [one = 0] = await addCustomers(em, ['One'], { group })
  const lines = Array.from({ length: 60 }, (_, index): [string, number, number] => [`Part ${index}`, 100 - index, 1])
  await addSale(em, one, '2026-01-05T15:00Z', lines)
  const path = `/groups/${group}/products`
  const first = (await staff.get(path)).body
  t.match(words(first), '1 to 25 of 60')
  const second = (await staff.get(linkNamed(first, 'Next') ?? '')).body
  t.match(words(second), '26 to 50 of 60')
  t.same(tableRows(second)[0], ['26', 'Part 25 PART 25', '75', '$1.00', '1 (100.0%)', '6.0×'])
  const third = (await staff.get(linkNamed(second, 'Next') ?? '')).body
  t.equal(tableRows(third).length, 10)
  t.equal(linkNamed(third, 'Next'), undefined)
  t.equal(tableRows((await staff.get(linkNamed(third, 'Previous') ?? '')).body)[0]?.[0], '26')
  t.equal((await staff.get(`${path}?after=60`)).headers.location, path, 'past the end is the beginning')
  t.equal((await staff.get(`${path}?after=x`)).statusCode, 200)
  const part = await staff.part(path)
  t.match(part.body.trim(), /^<div id="list"/)
  t.notMatch(part.body, '<html')
})

t.test('a period’s ranking is worked out when asked for, kept, and worked out again when it is old', async (t) => {
  let now = NOW
  const shop = await testApp(t, { clock: () => now })
  const { em } = shop
  const staff = await shop.as('staff')
  const group = await addGroup(em, 'Regulars')
  const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'], { group })
  await addSale(em, ann, '2025-03-01T15:00Z', [['Old', 9, 9]])
  await addSale(em, ann, '2025-12-02T05:00Z', [['Rug', 5, 50]])
  await addSale(em, bob, '2026-02-01T05:00Z', [['Axe', 2, 30]])
  await addSale(em, bob, '2026-02-01T04:59Z', [['Cup', 1, 3]])
  await addSale(em, bob, '2026-03-01T15:00Z', [['Axe', -1, -15]])
  const ask = (days: number) => staff.get(`/groups/${group}/products?period=${days}`)

  const first = await ask(30)
  t.equal(first.statusCode, 200)
  t.match(words(first.body), 'Calculating')
  t.match(first.body, 'hx-trigger="every 2s"')
  t.match(first.body, '<noscript><meta http-equiv="refresh" content="2"></noscript>')
  await doJobs(shop, now)
  const worked = await ask(30)
  t.same(
    tableRows(worked.body),
    [['1', 'Axe AXE', '1', '$15.00', '1 (50.0%)', '—']],
    'from midnight of the 30th day, today included'
  )
  t.match(words(worked.body), 'Last 30 days, net of returns, as of 9:00 AM')
  t.match(words(worked.body), 'Lift is still being calculated.')
  await doJobs(shop, now)
  t.equal(tableRows((await ask(30)).body)[0]?.[5], '1.0×', 'the others come a moment later')
  for (const days of [90, 90, 365, 365]) await ask(days)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 2, 'looking twice asks once')
  await doJobs(shop, now)
  t.same(
    tableRows((await ask(90)).body).map(([, name]) => name),
    ['Axe AXE', 'Cup CUP']
  )
  t.same(
    tableRows((await ask(365)).body).map(([, name]) => name),
    ['Rug RUG', 'Axe AXE', 'Cup CUP']
  )

  await addSale(em, ann, '2026-03-02T13:00Z', [['Pen', 7, 7]])
  await doJobs(shop, now)
  t.equal(tableRows((await ask(30)).body).length, 1, 'minutes old is good enough')
  now = new Date(NOW.getTime() + 6 * 60_000)
  const old = await ask(30)
  t.match(words(old.body), 'as of 9:00 AM')
  t.match(old.body, 'hx-trigger="every 2s"')
  await doJobs(shop, now)
  const renewed = await staff.part(`/groups/${group}/products?period=30`)
  t.same(
    tableRows(renewed.body).map(([, name]) => name),
    ['Pen PEN', 'Axe AXE']
  )
  t.match(words(renewed.body), 'as of 9:06 AM')

  for (const strange of ['7', '-30', 'x', '1e9'])
    t.match(words((await staff.get(`/groups/${group}/products?period=${strange}`)).body), 'All time, net of')
  t.equal((await shop.anonymous.get(`/groups/${group}/products?period=30`)).headers.location?.slice(0, 8), '/sign-in')
})

t.test('a group that was deleted meanwhile has no ranking, and the job ends well', async (t) => {
  const group = await addGroup(em, 'Soon gone')
  await staff.get(`/groups/${group}/products?period=30`)
  await rows(em, sql`delete from customer_group where id = ${group}`)
  await doJobs(shop, NOW)
  t.equal(await count(em, sql`select count(*)::int as n from graphile_worker.jobs`), 0)
  t.equal(await count(em, sql`select count(*)::int as n from period_ranking where group_id = ${group}`), 0)
})
