import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { countDay } from '../../src/figures/days.ts'
import { findOverviews, type Overview } from '../../src/figures/overview.ts'
import { workOutOverview } from '../../src/figures/work-out-overview.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { removeMembers } from '../../src/membership/leave.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { addCustomer, addCustomers, addGroup, addList, addSale, join, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const daysLater = (days: number) => new Date(NOW.getTime() + days * 24 * 60 * 60 * 1000)
const dayLater = (days: number) => daysLater(days).toISOString().slice(0, 10)

async function workedOut(group: number, now: Date): Promise<Overview> {
  await workOutOverview(em, group, now)
  const [overview] = await findOverviews(em, [group], now)
  if (!overview) throw new Error('There is no overview')
  return overview
}

const removed = async (group: number, ids: number[], now: Date) =>
  removeMembers(em, await findGroup(em, group), ids, { id: 1, now })

t.test('who is new and who is lost in 30 days, though only one number a day is kept', async (t) => {
  const list = await addList(em, 'Club')
  const people = await addCustomers(em, ['A', 'B', 'C', 'D', 'E', 'F'])
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = people
  await join(em, list, [a, b, c, d], { id: 1, now: daysLater(0) })
  await countDay(em, dayLater(1), daysLater(1))
  await join(em, list, [e], { id: 1, now: daysLater(5) })
  await removed(list, [a], daysLater(6))

  const young = await workedOut(list, daysLater(10))
  t.match(young, { members: 4, joined: 4, lost: 1 }, 'all four came within 30 days; since the first count A is lost')
  t.equal(new Date(young.lostSince).getTime(), daysLater(1).getTime(), 'and it is said since when')

  await removed(list, [b, e], daysLater(20))
  await join(em, list, [b, f], { id: 1, now: daysLater(25) })
  const old = await workedOut(list, daysLater(31))
  t.match(old, { members: 4, joined: 2, lost: 2 }, 'A left, B left and came again, F came; E came and went between')
  const later = await workedOut(list, daysLater(62))
  t.match(later, { members: 4, joined: 0, lost: 0 })
})

t.test('a day is counted once, whoever asks, and a group has a row only where its number changed', async (t) => {
  const group = await addGroup(em, 'Counted')
  const [one = 0] = await addCustomers(em, ['One', 'Two'], { group })
  await Promise.all([100, 100, 100, 101, 101, 102].map((day) => countDay(em.fork(), dayLater(day), daysLater(day))))
  await rows(em, sql`update primary_membership set group_id = 1 where customer_id = ${one}`)
  await countDay(em, dayLater(102), daysLater(102))
  await countDay(em, dayLater(103), daysLater(103))
  const kept = sql<{ members: number }>`select members from group_day where group_id = ${group} order by day`
  t.same(await rows(em, kept), [{ members: 2 }, { members: 1 }])
  t.equal(await count(em, sql`select count(*)::int as n from counted_day where day >= ${dayLater(100)}`), 4)
  await countDay(em, dayLater(600), daysLater(600))
  t.same(await rows(em, kept), [{ members: 1 }], 'what is older than a year goes, but for the last')
})

t.test('members over time are those that were counted; before that, those who are still here', async (t) => {
  const shop = await testApp(t)
  const { em } = shop
  const list = await addList(em, 'Readers')
  const [a = 0, b = 0, c = 0] = await addCustomers(em, ['A', 'B', 'C'])
  await join(em, list, [a], { id: 1, now: new Date('2025-11-30T12:00Z') })
  await join(em, list, [b, c], { id: 1, now: new Date('2025-12-15T12:00Z') })
  await rows(em, sql`insert into counted_day (day, at) values ('2026-02-01', '2026-02-01T06:00Z')`)
  await rows(em, sql`insert into group_day (group_id, day, members) values (${list}, '2026-02-01', 7)`)
  await workOutOverview(em, list, NOW)
  const [overview] = await findOverviews(em, [list], NOW)
  t.same(
    overview?.history.slice(-5),
    [
      { month: '2025-11-01', members: 1 },
      { month: '2025-12-01', members: 3 },
      { month: '2026-01-01', members: 7 },
      { month: '2026-02-01', members: 7 },
      { month: '2026-03-01', members: 3 }
    ],
    'at the end of January seven were counted, four of whom are gone'
  )
  t.equal(overview?.history.length, 12)
})

t.test('spend a member and month, against all customers', async (t) => {
  const shop = await testApp(t)
  const { em } = shop
  const group = await addGroup(em, 'Spenders')
  const [ann = 0] = await addCustomers(em, ['Ann', 'Bob'], { group })
  const [cem = 0] = await addCustomers(em, ['Cem', 'Dea'])
  await addSale(em, ann, '2026-02-01T04:59Z', [['Rug', 1, 10]])
  await addSale(em, ann, '2026-02-01T05:00Z', [['Rug', 1, 25.01]])
  await addSale(em, ann, '2026-02-03T05:00Z', [['Rug', -1, -5]])
  await addSale(em, cem, '2026-02-10T05:00Z', [['Rug', 1, 40]])
  await addSale(em, ann, '2025-03-31T05:00Z', [['Old', 1, 999]])
  await addSale(em, 1, '2026-02-10T05:00Z', [['Rug', 1, 1000]])
  await workOutOverview(em, group, NOW)
  const [overview] = await findOverviews(em, [group], NOW)
  t.same(overview?.spend.slice(-3), [
    { month: '2026-01-01', group: '5.000', everyone: '2.500' },
    { month: '2026-02-01', group: '10.005', everyone: '15.003' },
    { month: '2026-03-01', group: '0.000', everyone: '0.000' }
  ])
  t.equal(overview?.spend[0]?.month, '2025-04-01', 'twelve months in all')
})

t.test('every bar leads to just the customers it counts', async (t) => {
  const group = await addGroup(em, 'Bars')
  const places = ['Rome', 'rome', 'Rome', 'Oslo', null, 'A', 'B', 'C', 'D', 'E']
  const ids: number[] = []
  for (const location of places) ids.push(await addCustomer(em, { group, location }))
  const bought = ['2026-03-02', '2026-01-31', '2026-01-30', '2025-12-02', '2025-09-03', '2025-09-02', '2025-03-02']
  for (const [place, day] of [...bought, '2025-03-01'].entries())
    await addSale(em, ids[place] ?? 0, `${day}T12:00Z`, [['Rug', 1, 1]])
  await workOutOverview(em, group, NOW)
  const { body } = await staff.get(`/groups/${group}`)
  const bars = [...body.matchAll(/<dt><a href="([^"]*)">([^<]*)<\/a><\/dt>.*?<span class="num">(\d+)<\/span>/gs)]
  t.same(
    bars.map(([, , label, number]) => `${label} ${number}`),
    ['0–30 days ago 2', '31–90 days 2', '91–180 days 1', '181–365 days 2', 'Over 365 days 1', 'Never 2'].concat([
      'Rome 3',
      'A 1',
      'B 1',
      'C 1',
      'D 1',
      'E 1'
    ])
  )
  for (const [, href = '', label = '', number] of bars) {
    const list = await staff.get(href.replaceAll('&amp;', '&'))
    t.match(words(list.body), new RegExp(` of ${number} `), label)
  }
  t.match(words(body), /Elsewhere 1 Unknown 1/)
})

t.test('erasing the last customer of a place erases it from overviews', async (t) => {
  const group = await addGroup(em, 'Places')
  const hermit = await addCustomer(em, { group, firstName: 'Hermit', location: '5 Elm Street' })
  await addCustomers(em, ['Ann', 'Bob'], { group, location: 'Paris' })
  const { locations } = await workedOut(group, NOW)
  t.same(locations, [
    { name: 'Paris', members: 2 },
    { name: '5 Elm Street', members: 1 }
  ])
  const manager = await shop.as('manager')
  t.equal((await manager.post(`/customers/${hermit}/deletion`, { name: 'Hermit' })).statusCode, 303)
  t.equal(await count(em, sql`select count(*)::int as n from overview_row where label = '5 Elm Street'`), 0)
  t.equal(await count(em, sql`select count(*)::int as n from overview_row where label = 'Paris'`), 1)
})

t.test('Walk-in has no overview, and neither has a group that is gone', async (t) => {
  await workOutOverview(em, WALK_IN, NOW)
  await workOutOverview(em, 99_999, NOW)
  t.same(await findOverviews(em, [WALK_IN, 99_999], NOW), [])
})
