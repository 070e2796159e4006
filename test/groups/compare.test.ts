import t from 'tap'
import { NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { linkNamed, tableRows } from '../page.ts'
import { addCustomers, addGroup, addList, addSale, DEFAULT, join, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const home = await addGroup(em, 'Home', { allowsOnAccount: true })
const club = await addList(em, 'Club')
const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'], { group: home })
await join(em, club, [ann])
await addSale(em, ann, '2026-02-05T15:00Z', [
  ['Rug', 5, 50],
  ['Axe', 1, 5]
])
await addSale(em, bob, '2025-02-05T15:00Z', [['Cup', 9, 10]])
const path = (...ids: unknown[]) => `/groups/compare?${ids.map((id) => `ids=${id}`).join('&')}`

/** The tables of a page, each row with what it is about. */
function tables(html: string): string[][][] {
  return [...html.matchAll(/<table[\s\S]*?<\/table>/g)].map(([table]) =>
    tableRows(table.replaceAll(/th scope="row"|\/th>(?=\s*<td)/g, (part) => part.replace('th', 'td')))
  )
}

t.test('figures, settings and top products stand side by side', async (t) => {
  const early = await staff.get(path(home, club))
  t.match(words(early.body), 'Figures shown as … are still being counted. They appear in a moment.')
  t.match(early.body, 'hx-trigger="every 2s"')
  await doJobs(shop, NOW)
  const page = await staff.get(path(home, club))
  t.equal(page.statusCode, 200)
  const [figures, products] = tables(page.body)
  t.same(figures, [
    ['Customers', '2', '1'],
    ['New in 30 days', '2', '1'],
    ['Lost in 30 days', '0', '0'],
    ['Avg. total spend', '$32.50', '$55.00'],
    ['Share of revenue', '100.0%', '84.6%'],
    ['Bought within 90 days', '50.0%', '100.0%'],
    ['Top selling product', 'Cup', 'Rug'],
    ['Purchases', 'allowed', '—'],
    ['On account', 'yes', '—'],
    ['Manual discounts', 'no', '—']
  ])
  t.same(products, [
    ['Cup CUP', '50.0% (#1)', '—'],
    ['Rug RUG', '50.0% (#2)', '100.0% (#1)'],
    ['Axe AXE', '50.0% (#3)', '100.0% (#2)']
  ])
  t.match(words(page.body), 'New, lost and bought within 90 days as of 9:00 AM.')
  t.match((await staff.part(path(home, club))).body.trim(), /^<div id="compared"/)
})

t.test('a limit is compared where one of them has it', async (t) => {
  const limited = await addGroup(em, 'Limited', { allowsDiscounts: true, largestDiscount: '12.50' })
  const page = await staff.get(path(home, limited, club))
  t.same(tables(page.body)[0]?.at(-1), ['Largest discount', '—', '12.5%', '—'])
  await em.execute('delete from customer_group where id = ?', [limited])
})

t.test('what tills are told is compared where one of them has it', async (t) => {
  const told = { automaticDiscount: '5', priceList: 'trade', purchaseMessage: 'Ask for Kim.' }
  const advising = await addGroup(em, 'Advising', told)
  const page = await staff.get(path(home, advising, club))
  t.same(tables(page.body)[0]?.slice(-3), [
    ['Automatic discount', '—', '5%', '—'],
    ['Price list', '—', 'trade', '—'],
    ['Message', '—', 'Ask for Kim.', '—']
  ])
  await em.execute('delete from customer_group where id = ?', [advising])
})

t.test('groups are ticked in their list, in a form that needs no script; Walk-in can’t be', async (t) => {
  const { body } = await staff.get('/groups')
  t.match(body, /<form id="compare"[^>]* action="\/groups\/compare" method="get">/)
  const boxes = [
    ...body.matchAll(/<input type="checkbox" name="ids" value="(\d+)" form="compare" aria-label="Compare ([^"]*)">/g)
  ]
  t.same(
    boxes.map(([, , name]) => name),
    ['Club', 'Default', 'Home']
  )
})

t.test('another joins by its name, and each of three can be taken out', async (t) => {
  const added = await staff.get(`/groups/compare?ids=${home},${club}&with=default`)
  t.equal(added.headers.location, path(home, club, DEFAULT))
  const three = (await staff.get(path(home, club, DEFAULT))).body
  t.equal(linkNamed(three, 'Club , remove'), path(home, DEFAULT))
  t.equal(linkNamed((await staff.get(path(home, club))).body, 'Club , remove'), undefined)
  const unknown = await staff.get(`${path(home, club)}&with=Nobody`)
  t.equal(unknown.statusCode, 422)
  t.match(words(unknown.body), 'There is no group called “Nobody”.')
})

t.test('too few, too many, and what can’t be compared get a sentence', async (t) => {
  const more = await Promise.all(['A', 'B', 'C'].map((name) => addList(em, name)))
  const cases: [string, number, RegExp][] = [
    ['/groups/compare', 422, /Tick two, three or four groups/],
    [path(home), 422, /Tick two, three or four groups/],
    [path(home, home), 422, /Tick two, three or four groups/],
    [path(home, club, ...more), 422, /You can compare up to four groups, not 5/],
    [path(home, WALK_IN), 422, /Walk-in is not counted in figures/],
    [path(home, 99_999), 404, /One of these groups no longer exists/],
    [path(home, 'x'), 404, /One of these groups no longer exists/],
    [path(home, '1e99', '-1', '2147483648'), 404, /One of these groups no longer exists/]
  ]
  for (const [address, status, sentence] of cases) {
    const answer = await staff.get(address)
    t.equal(answer.statusCode, status, address)
    t.match(words(answer.body), sentence, address)
  }
  t.equal((await staff.get(path(home, club, ...more.slice(0, 2)))).statusCode, 200)
  t.equal((await shop.anonymous.get(path(home, club))).headers.location?.slice(0, 9), '/sign-in?')
})
