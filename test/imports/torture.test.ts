import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { NAUGHTY, naughtyNames, TORTURE } from '../fixtures/torture.ts'
import { testApp, words } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, sizeOf } from './helper.ts'
import { upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Torture')

for (const { name, file = 'people.csv', bytes, expect } of TORTURE) {
  t.test(name, async (t) => {
    const checked = await checkFile(shop, manager, group, bytes(), { name: file })
    const { state, failure, plan } = checked.file
    if ('refused' in expect) {
      t.equal(state, 'failed')
      t.match(failure, expect.refused)
      t.match(words(checked.page), `${file} was not imported`)
      return
    }
    if ('asks' in expect) {
      t.equal(state, expect.asks)
      await manager.post(`${checked.path}/cancel`)
      return
    }
    const { rows, ...buckets } = expect
    t.equal(state, 'planned', failure ?? '')
    t.same(bucketsOf(plan), buckets)
    t.equal(plan?.rows, rows)
    t.equal(sum(bucketsOf(plan)), rows, 'the buckets add up to the file')
    const before = await sizeOf(shop, group)
    if (buckets.create) await add(shop, manager, checked.path)
    else await manager.post(`${checked.path}/cancel`)
    t.equal((await sizeOf(shop, group)) - before, buckets.create ?? 0)
  })
}

t.test('naughty strings as names: none is lost, none is changed', async (t) => {
  const { bytes, rows: count } = naughtyNames()
  const checked = await checkFile(shop, manager, group, bytes)
  const buckets = bucketsOf(checked.file.plan)
  t.equal(sum(buckets), count)
  t.ok((buckets.create ?? 0) > count / 2, 'most are fine as names')
  const done = await add(shop, manager, checked.path)
  t.equal(done.file.state, 'done')
  const made = await rows(
    em,
    sql<{ n: number; name: string }>`
    select substring(email from 'naughty([0-9]+)@')::int as n, first_name as name from customer where email like 'naughty%'
  `
  )
  t.equal(made.length, buckets.create)
  const plain = (name: string) => name.normalize('NFC').replace(/^['\s\p{Cf}]+|[\s\p{Cf}]+$/gu, '')
  for (const { n, name } of made) t.equal(plain(name), plain(NAUGHTY[n] ?? ''))
})

// `npm run test:torture` uploads these too; each takes a minute.
const LARGE = process.env.TORTURE === 'all'
const many = (count: number, row: (n: number) => string) =>
  Buffer.from(['First Name,Email\n', ...Array.from({ length: count }, (_, n) => row(n))].join(''))

t.test('an unclosed quote at row 900,000', { skip: !LARGE }, async (t) => {
  const bytes = many(1_000_000, (n) => (n === 899_998 ? `"Ann,a${n}@example.org\n` : `Ann,a${n}@example.org\n`))
  const { file } = await checkFile(shop, manager, group, bytes)
  t.match(
    file.failure,
    'Row 900,000 is too long to be one customer. It may have a quotation mark that is never closed.'
  )
})

t.test('2,000,001 rows', { skip: !LARGE }, async (t) => {
  const { file } = await checkFile(
    shop,
    manager,
    group,
    many(2_000_001, (n) => `Ann,a${n}@example.org\n`)
  )
  t.match(file.failure, 'more than 2,000,000 rows')
})

t.test('more than 200 MB', { skip: !LARGE }, async (t) => {
  const bytes = Buffer.alloc(200 * 1024 * 1024 + 1, 'Ann,a@example.org\n')
  const answer = await upload(manager, group, bytes)
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'larger than 200 MB')
})

t.test('afterwards all figures are right', async (t) => t.same(await driftOf(shop), []))

function sum(buckets: Record<string, number>): number {
  return Object.values(buckets).reduce((total, number) => total + number, 0)
}
