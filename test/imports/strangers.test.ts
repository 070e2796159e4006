import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, lines, standing } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const staff = await shop.as('staff')

let phones = 1_000
const newPhone = () => `+1206555${++phones}`
const known = (firstName: string, lastName = '', more = {}) => {
  const phone = newPhone()
  return addCustomer(em, { firstName, lastName, phone, email: null, ...more }).then((id) => ({ id, phone }))
}
const nameOf = async (id: number) =>
  (await row(em, sql<{ name: string }>`select name from customer where id = ${id}`))?.name
const rename = (id: number, first: string, last: string) =>
  rows(em, sql`update customer set first_name = ${first}, last_name = ${last}, version = version + 1 where id = ${id}`)
const seenBy = (page: string) => [...page.matchAll(/name="ticked" value="([^"]+)"/g)].map(([, value = '']) => value)
const importId = (path: string) => Number(path.split('/').at(-1))

t.test('a name is quite another only if nothing of it is shared', async (t) => {
  const same = [
    ['José Muñoz', 'Jose Munoz'],
    ['SMITH JOHN', 'John Smith'],
    ['J. Miller', 'John Brown'],
    ['Ann Lee', 'Ann Miller'],
    ['Bob Smith', 'Robert Smith'],
    ['Catherine', 'Katherine'],
    ['Anna Maria López', 'López García María'],
    ['Ian OBrien', 'Sue O’Brien'],
    ['', 'John Smith'],
    ['…', 'John Smith'],
    ['प्रिया शर्मा', 'प्रिया वर्मा'],
    ['王伟', '伟 王']
  ]
  const others = [
    ['Maria Garcia', 'John Smith'],
    ['Aaron J Bergman', 'Julia Stone'],
    ['Ana de Souza', 'Pedro de Lima'],
    ['Mrs Chen', 'Mrs Patel'],
    ['Le Van', 'John Smith'],
    ['प्रिया शर्मा', 'राज वर्मा'],
    ['Иван Петров', 'Ольга Смирнова'],
    ["Robert'); drop table customer;--", 'Ann Lee']
  ]
  const parts = (name: string) => [
    name.split(' ').slice(0, -1).join(' ') || name,
    name.split(' ').length > 1 ? name.split(' ').at(-1) : ''
  ]
  for (const [names, expected] of [
    [same, false],
    [others, true]
  ] as const) {
    for (const [one = '', other = ''] of names) {
      const [first, last] = parts(one)
      const [knownFirst, knownLast] = parts(other)
      for (const [a, b, c, d] of [
        [first, last, knownFirst, knownLast],
        [knownFirst, knownLast, first, last]
      ]) {
        const found = await row(em, sql<{ is: boolean }>`select is_other_name(${a}, ${b}, ${c}, ${d}) as is`)
        t.equal(found?.is, expected, `${a} ${b} / ${c} ${d}`)
      }
    }
  }
})

t.test(
  'a row that matches a customer with another name is left out unless it is ticked, and the buckets add up',
  async (t) => {
    const [group, other] = [await addGroup(em, 'Strict'), await addGroup(em, 'Elsewhere')]
    const moved = await known('John', 'Smith', { group: other })
    const kept = await known('Paul', 'Stone', { group: other })
    const friend = await known('Ann', 'Lee')
    const { path, page, file } = await checkFile(
      shop,
      manager,
      group,
      lines(
        `Maria,Garcia,${moved.phone},,,,`,
        `Wei,Zhang,${kept.phone},,,,`,
        `Anne,Lee,${friend.phone},,,,`,
        `New,One,${newPhone()},,,,`
      ),
      { updates: true }
    )
    t.same(bucketsOf(file.plan), { create: 1, add: 1, stranger: 2 })
    t.match(words(page), 'Matched with a different name 2 (left out)')
    t.match(words(page), '2 rows have the phone or e-mail of a customer with a different name. Compare the names')
    t.match(page, 'Add 2 Customers')
    const list = (await manager.get(`${path}/strangers`)).body
    t.match(words(list), 'Maria Garcia John Smith (206) 555-1001 Moves here from Elsewhere')
    t.match(list, `href="/customers/${moved.id}"`)

    const [first = '', second = ''] = seenBy(list)
    const bar = await manager.post(
      `${path}/strangers`,
      { from: 2, to: 3, ticked: first, do: 'tick' },
      { 'hx-request': 'true', 'hx-request-type': 'partial' }
    )
    t.match(words(bar.body), '1 ticked , 1 left out')
    const ticked = await standing(shop, manager, path)
    t.same(bucketsOf(ticked.file.plan), { create: 1, add: 1, move: 1, stranger: 1 })
    t.match(words(ticked.page), 'a different name 1 (left out; 1 ticked, counted above)')
    t.match((await manager.get(`${path}/strangers`)).body, `value="${first}" checked`, 'a tick is kept')
    t.notMatch((await manager.get(`${path}/strangers`)).body, `value="${second}" checked`)

    const done = await add(shop, manager, path)
    t.same(bucketsOf(done.file.plan), { create: 1, add: 1, move: 1, stranger: 1 })
    t.match(
      words(done.page),
      'Row 3 was left out because its phone or e-mail belongs to a customer with a different name. This customer was not changed.'
    )
    t.same(await groupsOf(em, moved.id), ['Strict'])
    t.equal(await nameOf(moved.id), 'Maria Garcia', 'whose details were asked for too')
    t.same(await groupsOf(em, kept.id), ['Elsewhere'])
    t.equal(await nameOf(kept.id), 'Paul Stone')
    t.same(file.changes, [])
    t.same(await driftOf(shop), [])
  }
)

t.test(
  'what changed since the plan is told: renamed to the name in the file, or from it, or after a tick',
  async (t) => {
    const group = await addGroup(em, 'Renamed')
    const [better, worse, seen] = [
      await known('John', 'Smith'),
      await known('Maria', 'Garcia'),
      await known('Paul', 'Stone')
    ]
    const row = ({ phone }: { phone: string }) => `Maria,Garcia,${phone},,,,`
    const { path, file } = await checkFile(shop, manager, group, lines(...[better, worse, seen].map(row)))
    t.same(bucketsOf(file.plan), { add: 1, stranger: 2 })
    const [, tick = ''] = seenBy((await manager.get(`${path}/strangers`)).body)
    await manager.post(`${path}/strangers`, { from: 4, to: 4, ticked: tick })
    t.same(bucketsOf((await standing(shop, manager, path)).file.plan), { add: 2, stranger: 1 })
    await rename(better.id, 'María', 'García')
    await rename(worse.id, 'Wei', 'Zhang')
    await rename(seen.id, 'Olga', 'Petrova')
    t.notMatch(
      (await manager.get(`${path}/strangers`)).body,
      /value="4\.[^"]*" checked/,
      'a tick is for the name that was seen'
    )
    const done = await add(shop, manager, path)
    t.same(bucketsOf(done.file.plan), { add: 1, stranger: 2 })
    t.match(words(done.page), '2 rows planned as “added” ended as “left out (different name)”')
    t.match(words(done.page), '1 row planned as “left out (different name)” ended as “added”')
    t.same(await groupsOf(em, worse.id), ['Default'])
    t.same(await groupsOf(em, seen.id), ['Default'])
    t.same(await groupsOf(em, better.id), ['Renamed'])
  }
)

t.test('a stranger’s row is never the first of two: the customer’s own row counts', async (t) => {
  const list = await addList(em, 'Own row')
  const { id, phone } = await known('John', 'Smith', { email: 'john.own@example.org' })
  const { file, page, path } = await checkFile(
    shop,
    manager,
    list,
    lines(`Maria,Garcia,${phone},,,,`, 'John,Smith,,john.own@example.org,,,')
  )
  t.same(bucketsOf(file.plan), { add: 1, wrong: 1 })
  t.match(words(page), 'The phone or e-mail belongs to the customer in row 3.')
  await add(shop, manager, path)
  t.same(await groupsOf(em, id), ['Default', 'Own row'])
})

t.test('thousands are ticked at once and shown page by page, without JavaScript', async (t) => {
  const group = await addGroup(em, 'Thousands')
  const many = 3_000
  await rows(
    em,
    sql`
    with made as (
      insert into customer (first_name, last_name, email) select 'Old', 'Owner ' || n, 'owner' || n || '@example.org'
      from generate_series(1, ${many}::int) n returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at) select id, 1, now() from made
    ) insert into customer_totals (customer_id) select id from made`
  )
  const file = lines(...Array.from({ length: many }, (_, n) => `Zhu,Wei,,owner${n + 1}@example.org,,,`))
  const { path, page, file: checked } = await checkFile(shop, manager, group, file)
  t.same(bucketsOf(checked.plan), { stranger: many })
  t.match(words(page), 'No one will be added until you tick a row.')
  const list = (await manager.get(`${path}/strangers`)).body
  t.equal(seenBy(list).length, 25)
  const next = /name="do" value="(\d+)"/.exec(list)?.[1] ?? ''
  const onward = await manager.post(`${path}/strangers`, {
    from: 2,
    to: 26,
    ticked: seenBy(list).slice(0, 3),
    do: next
  })
  t.equal(onward.headers.location, `${path}/strangers?after=26`, 'Next keeps the ticks of the page')
  t.same(bucketsOf((await standing(shop, manager, path)).file.plan), { add: 3, stranger: many - 3 })
  await manager.post(`${path}/strangers`, { do: 'all' })
  t.same(bucketsOf((await standing(shop, manager, path)).file.plan), { add: many })
  await manager.post(`${path}/strangers`, { do: 'none' })
  t.same(bucketsOf((await standing(shop, manager, path)).file.plan), { stranger: many })
  await manager.post(`${path}/strangers`, { do: 'all' })
  t.same(bucketsOf((await add(shop, manager, path)).file.plan), { add: many })
})

t.test('ticks are for managers, of a plan that is still open, and nonsense ticks nothing', async (t) => {
  const group = await addGroup(em, 'Guarded')
  const { phone } = await known('John', 'Smith')
  const { path } = await checkFile(shop, manager, group, lines(`Maria,Garcia,${phone},,,,`))
  t.equal((await staff.get(`${path}/strangers`)).statusCode, 403)
  t.equal((await staff.post(`${path}/strangers`, { do: 'all' })).statusCode, 403)
  t.match((await shop.anonymous.get(`${path}/strangers`)).headers.location, '/sign-in')
  t.equal((await shop.anonymous.post(`${path}/strangers`, { do: 'all' })).statusCode, 401)
  for (const ticked of [
    'x',
    '2.99999999999',
    '2.1; drop table customer',
    '\0',
    '2.'.padEnd(60_000, '9'),
    ['2.1', '2.2']
  ]) {
    const answer = await manager.post(`${path}/strangers`, { from: 0, to: '9'.repeat(30), ticked, do: 'x' })
    t.equal(answer.statusCode, 303)
  }
  const list = (await manager.get(`${path}/strangers?after=99999999999999`)).body
  t.match(list, 'Maria Garcia')
  t.match(
    words(list),
    'This row has the phone or e-mail of a customer with a different name. Tick it if it is the same person.'
  )
  t.match(words(list), 'Row 2 in the file')
  await manager.post(`${path}/strangers`, { from: 2, to: 2, ticked: '2.1' })
  t.same(
    bucketsOf((await add(shop, manager, path)).file.plan),
    { stranger: 1 },
    'a tick for a name that nobody saw does not hold'
  )
  await rows(em, sql`update file_import set state = 'done' where id = ${importId(path)}`)
  const late = await manager.post(`${path}/strangers`, { do: 'all' })
  t.equal(late.statusCode, 409)
  t.match(words(late.body), 'so its plan can no longer be changed')
  t.equal((await manager.get('/imports/999/strangers')).statusCode, 404)
})
