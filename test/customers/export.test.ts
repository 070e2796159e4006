import { parse } from 'csv-parse/sync'
import { sql } from 'kysely'
import readExcel from 'read-excel-file/node'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { since } from '../activity/helper.ts'
import { type Client, testApp, words } from '../helper.ts'
import { addCustomer, addCustomers, addGroup, addList, addSale } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const gold = await addGroup(em, 'Gold / "best"')
const news = await addList(em, 'News')
const letters = await addList(em, 'Letters, printed')

const HEADS = [
  ...['First Name', 'Last Name', 'Phone', 'Email', 'Birth Date', 'Gender', 'Location', 'Company'],
  ...['Primary Group', 'Lists', 'Total Orders', 'Total Spent', 'Last Order', 'Customer Since']
]

const mia = await addCustomer(em, {
  ...{ firstName: 'Mia', lastName: 'Wong, "the" best', phone: '+12065550123', email: 'mia@example.com' },
  ...{
    birthDate: '1884-02-29',
    gender: 'female',
    location: 'São Paulo',
    company: 'Wong & Co',
    group: gold,
    lists: [news, letters]
  }
})
await addSale(em, mia, '2026-02-01T03:00:00Z', [['Rug', 2, 19.98]])
await rows(em, sql`update customer set created_at = '2025-01-01T03:00:00Z' where id = ${mia}`)

async function csvOf(browser: Client, url: string): Promise<string[][]> {
  const answer = await browser.get(url)
  t.equal(answer.statusCode, 200, url)
  t.equal(answer.headers['content-type'], 'text/csv; charset=utf-8')
  t.same([...answer.rawPayload.subarray(0, 3)], [0xef, 0xbb, 0xbf], 'Excel sees that it is UTF-8')
  return parse(answer.rawPayload, { bom: true })
}

async function xlsxOf(browser: Client, url: string) {
  const answer = await browser.get(url)
  t.equal(answer.statusCode, 200, url)
  t.match(answer.headers['content-type'], /spreadsheetml\.sheet$/)
  const [sheet] = await readExcel(answer.rawPayload)
  return sheet?.data ?? []
}

t.test('a customer is exported with everything, as CSV', async (t) => {
  t.same(await csvOf(manager, `/groups/${gold}/customers.csv`), [
    HEADS,
    [
      ...[
        'Mia',
        'Wong, "the" best',
        "'+12065550123",
        'mia@example.com',
        '1884-02-29',
        'Female',
        'São Paulo',
        'Wong & Co'
      ],
      ...['Gold / "best"', 'Letters, printed; News', '1', '19.98', '2026-01-31', '2024-12-31']
    ]
  ])
})

t.test('and as XLSX, in which phones are text, figures numbers and days days', async (t) => {
  const born = await addCustomer(em, { firstName: 'Bea', birthDate: '1984-02-29', lists: [letters] })
  const [heads, bea, wong] = await xlsxOf(manager, `/groups/${letters}/customers.xlsx`)
  t.same(heads, HEADS)
  t.same(wong?.slice(2, 5), ['+12065550123', 'mia@example.com', '1884-02-29'], 'older than Excel’s calendar')
  t.same(wong?.slice(10), [1, 19.98, new Date('2026-01-31'), new Date('2024-12-31')])
  t.same(bea?.slice(0, 5), ['Bea', null, null, `${bea?.[3]}`, new Date('1984-02-29')])
  t.same(bea?.slice(10, 13), [0, 0, null])
  await rows(em, sql`delete from customer where id = ${born}`)
})

t.test('what a spreadsheet would take for a formula is harmless', async (t) => {
  const list = await addList(em, 'Formulas')
  const nasty = ['=1+1', '+1', '-1', '@SUM(A1)', '＝1+1', '=cmd|" /C calc"!A0']
  for (const lastName of nasty)
    await addCustomer(em, { firstName: lastName, lastName, location: lastName, lists: [list] })
  const url = `/groups/${list}/customers`
  const [, ...csv] = await csvOf(manager, `${url}.csv`)
  t.equal(csv.length, nasty.length)
  for (const [first = '', last = '', , , , , location = ''] of csv) {
    for (const cell of [first, last, location])
      t.ok(nasty.includes(cell.replace(/^'/, '')) && cell.startsWith("'"), cell)
  }
  const answer = await manager.get(`${url}.csv`)
  t.notMatch(answer.body, /(^|,)"?[=+@\t\r-]/m, 'no cell begins with a sign')
  const [, ...xlsx] = await xlsxOf(manager, `${url}.xlsx`)
  t.same(xlsx.map(([first]) => first).sort(), [...nasty].sort(), 'text in a text cell needs no apostrophe')
})

t.test('who brought back more than they bought has a negative number, not a text', async (t) => {
  const list = await addList(em, 'Returns')
  const customer = await addCustomer(em, { lists: [list] })
  await addSale(em, customer, '2026-02-01T15:00:00Z', [['Rug', -1, -9.99]])
  t.equal((await csvOf(manager, `/groups/${list}/customers.csv`))[1]?.[11], '-9.99')
  t.equal((await xlsxOf(manager, `/groups/${list}/customers.xlsx`))[1]?.[11], -9.99)
})

t.test('the file holds the list as it is shown: its filter, its order, all of its pages', async (t) => {
  const group = await addGroup(em, 'Ordered')
  const names = Array.from({ length: 60 }, (_, n) => `P${String(n).padStart(2, '0')}`)
  const ids = await addCustomers(em, names, { group })
  for (const [at, id] of ids.entries()) {
    if (at % 2) await addSale(em, id, '2026-01-05T15:00:00Z', [['Rug', 1, at]])
  }
  const exported = async (query: string, path = `/groups/${group}/customers`) =>
    (await csvOf(manager, `${path}.csv${query}`)).slice(1).map(([first]) => first)
  t.same(await exported(''), names)
  t.same(await exported('?dir=desc'), names.toReversed())
  const bought = names.filter((_, at) => at % 2)
  t.same(await exported('?sort=spent&orders-from=1'), bought.toReversed())
  t.same(
    await exported('?sort=last-order&dir=asc'),
    [...bought, ...names.filter((_, at) => at % 2 === 0)],
    'nulls last'
  )
  t.same(await exported('?sort=group&q=P0'), names.slice(0, 10))
  t.same(
    await exported('?group=Ordered&orders-to=0', '/customers'),
    names.filter((_, at) => at % 2 === 0)
  )
  t.same(await exported('?q=nobody-like-this'), [])
  const all = await exported('', '/customers')
  t.notOk(all.includes('Walk-in'), 'the walk-in customer is nobody')
  t.same(await exported('', '/groups/2/customers'), ['Walk-in'])
})

t.test('more than one portion is read, each customer once', async (t) => {
  const list = await addList(em, 'Crowd')
  await rows(
    em,
    sql`
    with made as (
      insert into customer (first_name, email) select 'C' || n, 'crowd' || n || '@example.com' from generate_series(1, 2500) n
      returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at) select id, 1, now() from made
    ), counted as (
      insert into customer_totals (customer_id) select id from made
    )
    insert into list_membership (customer_id, group_id, joined_at) select id, ${list}, now() from made
  `
  )
  for (const sort of ['name', 'spent', 'group']) {
    const [, ...csv] = await csvOf(manager, `/groups/${list}/customers.csv?sort=${sort}`)
    t.equal(new Set(csv.map(([first]) => first)).size, 2500)
    t.equal(csv.length, 2500)
  }
  t.equal((await xlsxOf(manager, `/groups/${list}/customers.xlsx`)).length, 2501)
})

t.test('the file’s name says whose it is, of which group and of which day', async (t) => {
  const nameOf = async (url: string) => (await manager.get(url)).headers['content-disposition']
  const all = 'Corner Shop customers 2026-03-02.csv'
  t.equal(
    await nameOf('/customers.csv?q=x'),
    `attachment; filename="${all}"; filename*=UTF-8''${encodeURIComponent(all)}`
  )
  t.match(await nameOf(`/groups/${gold}/customers.xlsx`), 'filename="Corner Shop Gold best customers 2026-03-02.xlsx"')
  const odd = await addGroup(em, '../Été\u{1f600}% "x"; .')
  t.equal(
    await nameOf(`/groups/${odd}/customers.csv`),
    `attachment; filename="Corner Shop .. Ete__ x _ . customers 2026-03-02.csv"; filename*=UTF-8''Corner%20Shop%20..%20%C3%89t%C3%A9%F0%9F%98%80%25%20x%20%3B%20.%20customers%202026-03-02.csv`
  )
})

t.test('an export is on record, with its number and group and nothing that was searched for', async (t) => {
  t.same(await since(manager, em, () => manager.get(`/groups/${gold}/customers.csv?q=mia`)), [
    'manager person exported 1 customer from Gold / "best" as CSV'
  ])
  const all = async () => (await csvOf(manager, '/customers.csv')).length - 1
  t.same(await since(manager, em, all), [
    `manager person exported ${(await all()).toLocaleString('en')} customers as CSV`
  ])
  t.same(await since(manager, em, () => manager.get('/customers.xlsx?group=news')), [
    'manager person exported 1 customer from News as XLSX'
  ])
  const kept = await rows(em, sql<{ all: string }>`select details::text as all from activity where kind = 'exported'`)
  t.notMatch(kept.map((one) => one.all).join(), /mia/i)
  t.equal((await manager.get('/activity?kind=exported')).statusCode, 200)
})

t.test('only managers and admins export', async (t) => {
  const [staff, admin] = [await shop.as('staff'), await shop.as('admin')]
  for (const path of ['/customers', `/groups/${gold}/customers`]) {
    for (const url of [`${path}.csv`, `${path}.xlsx`]) {
      const none = await since(manager, em, async () => {
        const answer = await staff.get(url)
        t.equal(answer.statusCode, 403)
        t.equal(answer.headers['content-disposition'], undefined)
        t.equal((await shop.anonymous.get(url)).headers.location, `/sign-in?next=${encodeURIComponent(url)}`)
      })
      t.same(none, [], 'nothing was exported')
      t.equal((await admin.get(url)).statusCode, 200)
      const head = await shop.app.inject({ method: 'HEAD', url, headers: { host: 'localhost' } })
      t.not(head.statusCode, 200)
    }
    t.notMatch((await staff.get(path)).body, /customers\.(csv|xlsx)/, 'nor do others see a way to')
    t.match((await manager.get(path)).body, /customers\.csv[\s\S]*customers\.xlsx/)
  }
})

t.test('what can’t be exported says why, as a page', async (t) => {
  const cases: [url: string, status: number, sentence: string][] = [
    [
      '/customers.csv?spent-from=much',
      422,
      'Total spent must be an amount such as 500 or 99.50. Nothing was exported.'
    ],
    ['/customers.xlsx?group=Nobody', 422, 'There is no group called “Nobody”. Nothing was exported.'],
    ['/groups/99999/customers.csv', 404, 'This group does not exist, or someone deleted it.'],
    ['/groups/x/customers.csv', 404, 'This page does not exist']
  ]
  for (const [url, status, sentence] of cases) {
    const none = await since(manager, em, async () => {
      const answer = await manager.get(url)
      t.equal(answer.statusCode, status, url)
      t.match(words(answer.body), sentence)
      t.match(answer.headers, { 'content-type': /^text\/html/, 'content-disposition': undefined })
    })
    t.same(none, [])
  }
})

t.test('the links to a list’s files follow its filter, also when only the list is asked for', async (t) => {
  for (const path of ['/customers', `/groups/${gold}/customers`]) {
    const query = '?location=S%C3%A3o+Paulo&sort=spent'
    for (const answer of [await manager.get(path + query), await manager.part(path + query)]) {
      for (const ending of ['csv', 'xlsx'])
        t.ok(answer.body.includes(`href="${path}.${ending}${query.replace('&', '&amp;')}"`), `${path}.${ending}`)
    }
  }
})

t.test('one moment: what is changed meanwhile is not half in it', async (t) => {
  const { openExport } = await import('../../src/customers/list/export.ts')
  const { CustomerFilter } = await import('../../src/customers/list/filter.ts')
  const list = await addList(em, 'Moment')
  await addCustomers(em, ['A', 'B', 'C'], { lists: [list] })
  const { findGroup } = await import('../../src/groups/queries.ts')
  const group = await findGroup(em, list)
  const calendar = { today: '2026-03-02', timeZone: 'America/New_York' }
  const open = (signal = new AbortController().signal) =>
    openExport(shop.orm.em.fork(), CustomerFilter.from({}), calendar, group, signal)
  const exported = await open()
  await addCustomer(em, { firstName: 'D', lists: [list] })
  await rows(em, sql`update customer set first_name = 'Z' where first_name = 'B'`)
  const names = []
  for await (const { firstName } of exported.customers) names.push(firstName)
  t.same([exported.count, names], [3, ['A', 'B', 'C']])
  const next = await open()
  t.equal(next.count, 4, 'the next one has it')
  await next.close()
})
