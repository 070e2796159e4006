import t from 'tap'
import { testApp, words } from '../helper.ts'
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
    ['1', 'Cup CUP', '3', '$30.01', '1 (25.0%)'],
    ['2', 'Axe AXE', '3', '$30.00', '1 (25.0%)'],
    ['3', 'Bow BOW', '3', '$30.00', '1 (25.0%)'],
    ['4', 'Rug RUG', '3', '$30.00', '3 (75.0%)'],
    ['5', 'Élan ÉLAN', '3', '$29.00', '1 (25.0%)'],
    ['6', 'Pen PEN', '1.5', '$3.00', '1 (25.0%)'],
    ['7', 'Tie TIE', '0', '$0.00', '1 (25.0%)']
  ])
  t.match(words(page.body), 'All time, by units sold net of returns')
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
  t.match(words(first), '1–25 of 60')
  const second = (await staff.get(linkNamed(first, 'Next') ?? '')).body
  t.match(words(second), '26–50 of 60')
  t.same(tableRows(second)[0], ['26', 'Part 25 PART 25', '75', '$1.00', '1 (100.0%)'])
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
