import t from 'tap'
import { testApp, words } from '../helper.ts'
import { column, fieldValue, followPages, linkNamed, primaries, tableRows } from '../page.ts'
import { addCustomer, addCustomers, addGroup, addList, addSale, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

const names = async (query: string) => column((await staff.get(`/groups${query}`)).body, 1)

// Three members, of whom two bought and one brought something back; the others only to be told apart.
const regulars = await addGroup(em, 'Régulars')
const [ann = 0, bob = 0, cem = 0] = await addCustomers(em, ['Ann', 'Bob', 'Cem'], { group: regulars })
await addSale(em, ann, '2026-01-05T15:00Z', [
  ['Lamp', 3, 60],
  ['Rug', 1, 10.5]
])
await addSale(em, ann, '2026-01-06T15:00Z', [['Lamp', -2, -40]])
await addSale(em, bob, '2026-01-07T15:00Z', [['Rug', 1, 10.5]])
const fans = await addList(em, 'Fans')
await addCustomer(em, { firstName: 'Dea', lists: [fans] })
await addSale(em, await addCustomer(em, { firstName: 'Eve', lists: [fans] }), '2026-01-07T15:00Z', [
  ['Bow', 2, 8],
  ['Axe', 2, 9],
  ['Cup', 2, 9],
  ['Dye', 5, 1],
  ['Dye', -4, -1]
])
await addSale(em, 1, '2026-01-07T15:00Z', [['Lamp', 100, 2000]])
const quiet = await addGroup(em, 'Quiet', { description: 'Buy <nothing>\nyet', restrictsPurchases: true })

t.test('every group is there with its kind and its figures', async (t) => {
  const page = await staff.get('/groups')
  t.equal(page.statusCode, 200)
  t.match(words(page.body), '5 groups, 5 customers', 'the walk-in customer is nobody')
  t.same(tableRows(page.body), [
    ['', 'Default built in', 'Primary', '2', '$13.00', 'Axe'],
    ['', 'Fans', 'List', '2', '$13.00', 'Axe'],
    ['', 'Quiet', 'Primary', '0', '—', '—'],
    ['', 'Régulars', 'Primary', '3', '$13.67', 'Rug'],
    ['', 'Walk-in built in', 'Primary', '—', '—', '—']
  ])
})

t.test('the same figures stand on a group’s page', async (t) => {
  const text = words((await staff.get(`/groups/${regulars}`)).body)
  t.match(text, /Customers 3 Avg\. total spend \$13\.67 all time, all members/)
  t.match(text, /Top selling product Rug 2 units, all time/, 'of Lamps only one is left after the return')
  t.match(text, /Share of revenue 61\.2% \$41\.00, all time/, 'of 67.00: the walk-in’s 2000 count for nobody')
  const empty = words((await staff.get(`/groups/${quiet}`)).body)
  t.match(
    empty,
    /Customers 0 Avg\. total spend — .*Top selling product — nothing sold yet Share of revenue — nothing sold yet/
  )
  t.match(empty, 'Buy <nothing>')
  t.match(empty, 'Purchases not allowed Customers in Quiet can’t buy at all.')
  t.notMatch(words((await staff.get(`/groups/${fans}`)).body), 'At the till', 'a list decides nothing there')
  t.match(
    words((await staff.get(`/groups/${WALK_IN}`)).body),
    /Only the walk-in customer .* Customers — the walk-in customer is not counted Avg\. total spend — /
  )
  t.ok(cem, 'Cem never bought and counts all the same')
})

t.test('search finds any part of a name in any accent and case', async (t) => {
  t.same(await names('?q=regu'), ['Régulars'])
  t.same(await names('?q=R%C3%89GUL'), ['Régulars'])
  t.same(await names('?q=Re%CC%81gulars'), ['Régulars'], 'however Unicode composes it')
  t.same(await names('?q=ULARS'), ['Régulars'])
  t.same(await names('?q=nowhere'), [])
  for (const wild of ['%25', '_', '\\', '%EF%BC%85', '%EF%BC%BF', '%EF%BC%BC'])
    t.same(await names(`?q=${wild}`), [], `${wild} is literal`)
  t.match(words((await staff.get('/groups?q=%25')).body), 'No groups match')
  for (const browser of [staff, await shop.as('manager')])
    t.equal(primaries((await browser.get('/groups?q=%25')).body), 1)
})

t.test('a filter by kind, alone and with a search', async (t) => {
  t.same(await names('?kind=list'), ['Fans'])
  t.same(await names('?kind=primary&q=a'), ['Default built in', 'Régulars', 'Walk-in built in'])
  t.equal((await names('?kind=other')).length, 5, 'no such kind is no filter')
})

t.test('each column sorts both ways, what does not exist last', async (t) => {
  const all = ['Default built in', 'Fans', 'Quiet', 'Régulars', 'Walk-in built in']
  t.same(await names('?dir=desc'), [...all].reverse())
  t.same(await names('?sort=customers'), ['Régulars', 'Fans', 'Default built in', 'Quiet', 'Walk-in built in'])
  t.same(await names('?sort=customers&dir=asc'), ['Quiet', 'Default built in', 'Fans', 'Régulars', 'Walk-in built in'])
  t.same(await names('?sort=average'), ['Régulars', 'Fans', 'Default built in', 'Quiet', 'Walk-in built in'])
  t.same(await names('?sort=average&dir=asc'), ['Default built in', 'Fans', 'Régulars', 'Walk-in built in', 'Quiet'])
  t.same(await names('?sort=top'), ['Default built in', 'Fans', 'Régulars', 'Walk-in built in', 'Quiet'])
  t.same(await names('?sort=kind&dir=asc'), ['Fans', 'Default built in', 'Walk-in built in', 'Régulars', 'Quiet'])
  const page = (await staff.get('/groups?sort=average&kind=list')).body
  t.equal(linkNamed(page, 'Avg. total spend'), '/groups?kind=list&sort=average&dir=asc', 'the other way round')
  const head = /<thead[\s\S]*<\/thead>/.exec(page)?.[0] ?? ''
  t.equal(linkNamed(head, 'Customers'), '/groups?kind=list&sort=customers', 'the largest first')
  t.match(page, /aria-sort="descending">\s*<a[^>]*>Avg\. total spend/)
})

t.test('managers have a menu for each group; staff do not', async (t) => {
  const manager = await shop.as('manager')
  const managed = (await manager.get('/groups')).body
  t.equal(linkNamed(managed, 'New Customer Group'), '/groups/new')
  t.equal(linkNamed(managed, 'New List'), '/groups/new?kind=list')
  const ways = [...managed.matchAll(/href="(\/groups\/\d+\/menu)" aria-label="Options for /g)].map(
    ([, url]) => url ?? ''
  )
  t.equal(ways.length, 5)
  t.ok(ways.includes(`/groups/${fans}/menu`))
  const menus = (await Promise.all(ways.map(async (url) => (await manager.part(url)).body))).join()
  t.equal(linkNamed(menus, 'Edit List'), `/groups/${fans}/edit`)
  t.equal(linkNamed(menus, 'Delete List'), `/groups/${fans}/delete`)
  t.equal(menus.match(/Edit Group/g)?.length, 4)
  t.equal(menus.match(/Delete Group/g)?.length, 2, 'not Default, not Walk-in')
  t.notMatch((await staff.get('/groups')).body, /New List|New Customer Group<|\/menu|Options for/)
})

t.test('htmx gets the list alone', async (t) => {
  const part = await staff.part('/groups?q=fans')
  t.equal(part.statusCode, 200)
  t.match(part.body.trim(), /^<div id="list"/)
  t.same(column(part.body, 1), ['Fans'])
  t.notMatch(part.body, '<html')
})

t.test('a search that can’t be is told, and stays', async (t) => {
  for (const q of ['x'.repeat(201), 'a\u0007b']) {
    const page = await staff.get(`/groups?q=${encodeURIComponent(q)}`)
    t.equal(page.statusCode, 422)
    t.match(words(page.body), /The search (must have at most 200|has) characters/)
    t.equal(fieldValue(page.body, 'q'), q)
  }
})

t.test('pages of 25 by each column, forward and back, with equal values', async (t) => {
  const lists = Array.from({ length: 60 }, (_, index) => `Zlist ${String(index).padStart(2, '0')}`)
  for (const name of lists) await addList(em, name)
  for (const sort of ['name', 'kind', 'customers', 'average', 'top']) {
    for (const dir of ['asc', 'desc']) {
      const { forward, back, names } = await followPages(staff, `/groups?sort=${sort}&dir=${dir}`, 1)
      t.same(
        forward.map((page) => page.length),
        [25, 25, 15],
        `${sort} ${dir}`
      )
      t.equal(new Set(names).size, 65)
      t.same(back, forward.slice(0, -1), 'and the same on the way back')
    }
  }
  const { body } = await staff.get('/groups?q=zlist')
  t.match(words(body), '1 to 25 of 60')
  t.match(words(body), /Customer Groups 60 of 65 groups, \d+ customers /)
  t.match(words((await staff.get(linkNamed(body, 'Next') ?? '')).body), '26 to 50 of 60')
  t.match(
    words((await staff.part('/groups?q=zlist')).body),
    /60 of 65 groups, \d+ customers/,
    'also in the part that a search gets'
  )
  t.same(column((await staff.get(linkNamed(body, 'Next') ?? '')).body, 1), lists.slice(25, 50), 'the search stays')
})

t.test('a page’s address that was tampered with is told so', async (t) => {
  const cursor = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')
  const bad = [
    'x',
    '',
    '%00',
    'e30',
    cursor(['a']),
    cursor([1, 1]),
    cursor(['a', 0]),
    cursor(['a', '1; drop']),
    cursor(['\0', 1])
  ]
  for (const place of [...bad, cursor([null, 1]), cursor(['a', 2 ** 31]), 'x'.repeat(1001), 'a&after=b']) {
    for (const key of ['after', 'before']) {
      const page = await staff.get(`/groups?${key}=${place}`)
      const isEmpty = place === ''
      t.equal(page.statusCode, isEmpty ? 303 : 400, `${key}=${place}`)
      if (!isEmpty) t.match(words(page.body), /Go back/)
    }
  }
  for (const value of ['x', '1e5', '99999999999', '']) {
    for (const sort of ['customers', 'average'])
      t.equal(
        (await staff.get(`/groups?sort=${sort}&after=${cursor([value, 3])}`)).statusCode,
        value === '99999999999' && sort === 'average' ? 200 : 400
      )
  }
  t.equal(
    (await staff.get(`/groups?after=${cursor(['zzz', 5])}`)).headers.location,
    '/groups',
    'past the end is the beginning'
  )
})
