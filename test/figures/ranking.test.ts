import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { describeProducts, SORTS } from '../../src/figures/ranking.ts'
import { findRankingPage, findWholeRanking } from '../../src/figures/ranking-order.ts'
import { settleFigures } from '../../src/figures/settle.ts'
import { NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { column, linkNamed, tableRows } from '../page.ts'
import { addCustomers, addGroup, addSale, type Line } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')
const group = await addGroup(em, 'Buyers & Co.')
const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'], { group })
const [cem = 0] = await addCustomers(em, ['Cem', 'Dea', 'Eve'])
const path = `/groups/${group}/products`

/** Many that are equal in all but their names. */
const many = Array.from({ length: 90 }, (_, n): Line => [`P${(n * 37) % 90}`, 1 + (n % 3), 10 * (n % 2)])
await addSale(em, ann, '2026-02-20T15:00Z', many)
await addSale(em, bob, '2026-02-21T15:00Z', many.slice(0, 40))
await addSale(em, cem, '2026-02-22T15:00Z', many.slice(20, 60))
await addSale(em, bob, '2026-02-23T15:00Z', [['Back', -2, -7]])
await settleFigures(em)

t.test(
  'each page holds what a plain sort has there, by every column, either way, for all time and a period',
  async (t) => {
    await staff.get(`${path}?period=30`)
    await doJobs(shop, NOW)
    await staff.get(`${path}?period=30`)
    await doJobs(shop, NOW)
    for (const days of [null, 30] as const) {
      const ranked = { groupId: group, days, shopId: null }
      for (const sort of SORTS) {
        for (const direction of ['asc', 'desc'] as const) {
          const all = await findWholeRanking(em, ranked, { sort, direction })
          t.equal(all.length, 91)
          for (const after of [0, 1, 25, 26, 50, 75, 90, 91]) {
            const page = await findRankingPage(em, ranked, { sort, direction }, after, 25)
            const same = all.slice(after, after + 25).map(({ productId }) => productId)
            t.same(page, same, `${days} ${sort} ${direction} after ${after}`)
          }
          const places = all.map(({ productId }) => ({ productId, rank: null }))
          const found = await describeProducts(em, ranked, places)
          t.same(
            found.map(({ rank }) => rank),
            all.map(({ rank }) => rank),
            'and each knows its rank by units'
          )
        }
      }
    }
  }
)

t.test('columns are sorted by their heads, which say so; the period stays', async (t) => {
  const first = (await staff.get(path)).body
  t.match(first, /aria-sort="descending">\s*<a class="sort" [^>]*>Units/)
  const byLift = (await staff.get(linkNamed(first, 'Lift') ?? '')).body
  t.match(byLift, /aria-sort="descending">\s*<a class="sort" [^>]*>Lift/)
  t.equal(column(byLift, 5)[0], '2.5×')
  const turned = (await staff.get(linkNamed(byLift, 'Lift') ?? '')).body
  t.match(turned, /aria-sort="ascending">\s*<a class="sort" [^>]*>Lift/)
  t.same(
    tableRows(turned)[0]?.slice(1),
    ['Back BACK', '-2', '-$7.00', '0 (0.0%)', '—'],
    'only brought back: nobody bought it'
  )
  const byName = (await staff.get(linkNamed(first, 'Product') ?? '')).body
  t.same(column(byName, 1).slice(0, 3), ['Back BACK', 'P0 P0', 'P1 P1'])
  t.match(linkNamed(byName, '30 days'), 'sort=name')
  t.match(linkNamed(byName, 'Next'), 'sort=name&after=25')
})

t.test('lift is the share of members over the share of all customers', async (t) => {
  const { body } = await staff.get(`${path}?sort=name`)
  const lifts = new Map(tableRows(body).map(([, name = '', , , share, lift]) => [name, `${share} ${lift}`]))
  // Of two members and five customers: 1 of 1, 2 of 2, 2 of 3, 1 of 2.
  t.same([...new Set(lifts.values())].sort(), [
    '0 (0.0%) —',
    '1 (50.0%) 1.3×',
    '1 (50.0%) 2.5×',
    '2 (100.0%) 1.7×',
    '2 (100.0%) 2.5×'
  ])
})

t.test('managers take the ranking along as a file, just as they look at it; staff may not', async (t) => {
  await addSale(em, ann, '2026-02-25T15:00Z', [
    ['=HYPERLINK("x")', 1, 4],
    ['Élan, "best"', 2, 5.5]
  ])
  t.notMatch((await staff.get(path)).body, 'Export CSV')
  const href = linkNamed((await manager.get(`${path}?sort=name`)).body, 'Export CSV') ?? ''
  t.equal(href, `${path}.csv?sort=name`)
  const file = await manager.get(href)
  t.equal(file.statusCode, 200)
  t.equal(file.headers['content-type'], 'text/csv; charset=utf-8')
  t.match(file.headers['content-disposition'], 'attachment; filename="Buyers & Co. products all time.csv"')
  const [heads, ...lines] = file.body.split('\r\n')
  t.equal(heads, '\ufeffRank,SKU,Product,Units,Revenue,Members Who Bought,Share of Members,Lift')
  t.equal(lines.length, 94, 'every product, and the end of the last line')
  t.ok(
    lines.some((line) => line.endsWith(',"\'=HYPERLINK(""X"")","\'=HYPERLINK(""x"")",1,4,1,0.5,2.5')),
    'no formula'
  )
  t.ok(lines.some((line) => line.includes(',"ÉLAN, ""BEST""","Élan, ""best""",2,5.5,')))
  t.match(
    lines.find((line) => line.includes('Back')) ?? '',
    /^\d+,BACK,Back,-?\d/,
    'a number below nothing stays a number'
  )

  t.equal((await staff.get(href)).statusCode, 403)
  t.match(words((await staff.get(href)).body), 'Only managers and admins can see this page.')
  t.equal((await shop.anonymous.get(href)).headers.location?.slice(0, 9), '/sign-in?')
  t.equal((await (await shop.as('admin')).get(`${path}.csv?period=30`)).statusCode, 200)
  const early = await manager.get(`${path}.csv?period=90`)
  t.equal(early.statusCode, 409)
  t.match(words(early.body), 'isn’t ready yet. Open it first, then export it.')
})

t.test('everyone’s buyers follow sales, moves and deletions', async (t) => {
  const kept = sql`select product_id, buyers from everyone_product where buyers <> 0 order by 1`
  const counted = sql`
    select product_id, count(distinct customer_id)::int as buyers from sale_line
    where quantity > 0 and customer_id <> 1 group by 1 order by 1`
  await rows(em, sql`update primary_membership set group_id = 1 where customer_id = ${bob}`)
  await addSale(em, cem, '2026-02-24T15:00Z', many)
  await rows(em, sql`delete from customer where id = ${cem}`)
  await settleFigures(em)
  t.same(await rows(em, kept), await rows(em, counted))
})
