import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { NAUGHTY, naughtyNames, TORTURE } from '../fixtures/torture.ts'
import { testApp, words } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, sizeOf } from './helper.ts'

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

t.test('afterwards all figures are right', async (t) => t.same(await driftOf(shop), []))

function sum(buckets: Record<string, number>): number {
  return Object.values(buckets).reduce((total, number) => total + number, 0)
}
