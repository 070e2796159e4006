import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { forgetOldImports } from '../../src/imports/sweep.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { addCustomer, addGroup, addList, addSale, groupsOf, join } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, latestOperation, leftBehind, lines, sizeOf, standing } from './helper.ts'
import { upload } from './upload.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')

const mail = (name: string) => `${name},,,${name.toLowerCase()}@example.org,,,`
const idOf = async (email: string) =>
  (await row(em, sql<{ id: number }>`select id from customer where email = ${email}`))?.id ?? 0
const changesOf = (path: string) =>
  rows(
    em,
    sql<{ number: number; was: string; now: string }>`
    select number, was, now from import_change where import_id = ${Number(path.split('/').at(-1))} order by number
  `
  )

t.test('what changed between the plan and Add Customers is done as it is now, and shown', async (t) => {
  const group = await addGroup(em, 'Since')
  const other = await addGroup(em, 'Elsewhere')
  const gone = await addCustomer(em, { firstName: 'Gone', email: 'gone@example.org' })
  const mover = await addCustomer(em, { firstName: 'Mover', email: 'mover@example.org' })
  const comer = await addCustomer(em, { firstName: 'Comer', email: 'comer@example.org' })
  const text = lines(mail('Gone'), mail('Mover'), mail('Comer'), mail('Taken'), mail('Fresh'))
  const { path, file } = await checkFile(shop, manager, group, text)
  t.same(bucketsOf(file.plan), { create: 2, add: 3 })

  await manager.post(`/customers/${gone}/deletion`, { name: 'Gone' })
  t.equal(await idOf('gone@example.org'), 0)
  await join(em, other, [mover])
  await join(em, group, [comer])
  await addCustomer(em, { firstName: 'Taken', email: 'taken@example.org' })

  const done = await add(shop, manager, path)
  t.match(
    words(done.page),
    '3 customers joined Since: 1 created, 1 added, 1 moved (1 from Elsewhere), 1 already there.'
  )
  t.same(bucketsOf(done.file.plan), { create: 1, add: 1, move: 1, already: 1, wrong: 1 })
  t.same(await changesOf(path), [
    { number: 2, was: 'add', now: 'wrong' },
    { number: 3, was: 'add', now: 'move' },
    { number: 4, was: 'add', now: 'already' },
    { number: 5, was: 'create', now: 'add' }
  ])
  t.match(words(done.page), '1 row planned as “created” ended as “added”')
  t.match(words(done.page), 'The customer in this row was deleted')
  t.notMatch(done.page, 'gone@example.org', 'nothing of somebody who was deleted is kept')
  t.equal(await idOf('gone@example.org'), 0, 'nor made anew')
  t.same(await driftOf(shop), [])
})

t.test('a group that is deleted meanwhile, or emptied', async (t) => {
  const group = await addGroup(em, 'Doomed')
  const { path } = await checkFile(shop, manager, group, lines(mail('Doom')))
  await manager.post(`/groups/${group}/deletion`)
  const { answer, file } = await add(shop, manager, path)
  t.equal(answer.statusCode, 409)
  t.match(words(answer.body), 'Doomed was deleted, so no customers were added. Undo the deletion')
  t.equal(
    await count(em, sql`select count(*)::int as n from bulk_operation where group_id = ${group} and kind = 'import'`),
    0,
    'nothing is kept of what could not be done'
  )
  t.equal(file.state, 'planned')
  t.equal(await idOf('doom@example.org'), 0)

  await manager.post(`/operations/${await latestOperation(shop)}/undo`, { sure: 'true' })
  const done = await add(shop, manager, path)
  t.match(words(done.page), '1 customer joined Doomed')
  t.ok(await idOf('doom@example.org'))
})

t.test('two imports of the same people make nobody twice', async (t) => {
  const [one, other] = [await addGroup(em, 'One'), await addGroup(em, 'Other')]
  const text = lines(...Array.from({ length: 300 }, (_, n) => mail(`Twin${n}`)))
  const first = await checkFile(shop, manager, one, text)
  const second = await checkFile(shop, manager, other, text)
  await Promise.all([manager.post(`${first.path}/additions`), manager.post(`${second.path}/additions`)])
  t.equal(await count(em, sql`select count(*)::int as n from customer where email like 'twin%'`), 300)
  const plans = [await standing(shop, manager, first.path), await standing(shop, manager, second.path)]
  t.equal((await sizeOf(shop, one)) + (await sizeOf(shop, other)), 300)
  t.same(
    plans.map(({ file }) => file.state),
    ['done', 'done']
  )
  t.same(plans.map(({ file }) => file.plan?.create).sort(), [0, 300])
  t.same(await driftOf(shop), [])
})

t.test('an import against a bulk remove and against the deletion of its group, at once', async (t) => {
  const list = await addList(em, 'Raced')
  const people = Array.from({ length: 50 }, (_, n) => mail(`Raced${n}`))
  const { path } = await checkFile(shop, manager, list, lines(...people))
  await add(shop, manager, path)
  const again = await checkFile(shop, manager, list, lines(...people, mail('Late')))
  const undone = latestOperation(shop)
  await Promise.all([
    manager.post(`${again.path}/additions`),
    manager.post(`/operations/${await undone}/undo`, { sure: 'true' }),
    manager.post(`/groups/${list}/deletion`, { move: 'true' })
  ])
  await doJobs(shop, NOW)
  t.equal(
    await count(
      em,
      sql`select count(*)::int as n from list_membership left join customer_group on id = group_id where id is null`
    ),
    0
  )
  t.same(await driftOf(shop), [])
})

t.test('Cancel drops it and leaves nothing behind', async (t) => {
  const group = await addGroup(em, 'Dropped')
  const { path } = await checkFile(shop, manager, group, lines(mail('Never'), 'Bad,,,,,,'))
  await manager.post(`${path}/cancel`)
  await manager.post(`${path}/additions`)
  t.equal(await idOf('never@example.org'), 0)
  t.match(words((await manager.get(path)).body), 'This import was cancelled. No customers were added.')
  const reading = await upload(manager, group, lines(mail('Never')))
  await manager.post(`${reading.headers.location}/cancel`)
  await doJobs(shop, NOW)
  t.equal((await standing(shop, manager, String(reading.headers.location))).file.state, 'cancelled')
})

t.test('the same form sent twice is one import', async (t) => {
  const group = await addGroup(em, 'Twice')
  const key = crypto.randomUUID()
  const [first, second] = [
    await upload(manager, group, lines(mail('Twice')), { key }),
    await upload(manager, group, lines(mail('Twice')), { key })
  ]
  t.equal(first.headers.location, second.headers.location)
  await doJobs(shop, NOW)
  await manager.post(`${first.headers.location}/cancel`)
})

t.test('undone, whoever was sold something, edited or put elsewhere since stays and is named', async (t) => {
  const group = await addGroup(em, 'Undone')
  const elsewhere = await addGroup(em, 'Later')
  const names = ['Plain', 'Sold', 'Edited', 'Moved', 'Listed']
  const { path } = await add(shop, manager, (await checkFile(shop, manager, group, lines(...names.map(mail)))).path)
  // Putting somebody elsewhere is an operation, too.
  const imported = await latestOperation(shop)
  const list = await addList(em, 'Some list')
  await addSale(em, await idOf('sold@example.org'), '2026-03-01T12:00:00Z', [['Tea', 1, 5]])
  await rows(em, sql`update customer set location = 'Rome', version = version + 1 where email = 'edited@example.org'`)
  await join(em, elsewhere, [await idOf('moved@example.org')])
  await join(em, list, [await idOf('listed@example.org')])
  await manager.post(`/operations/${imported}/undo`, { sure: 'true' })
  t.equal(await idOf('plain@example.org'), 0)
  const { page } = await standing(shop, manager, path)
  for (const name of names.slice(1)) t.match(page, `>${name}</a>`)
  t.same(await groupsOf(em, await idOf('sold@example.org')), ['Undone'])
  t.match(
    words((await manager.get(`/operations/${await latestOperation(shop)}`)).body),
    '1 customer created by the import was deleted. 4 customers changed or deleted since then were skipped.'
  )
  t.same(await driftOf(shop), [])
})

t.test('rows with errors are kept for 30 days, the rest of a file for no longer than it is needed', async (t) => {
  await rows(em, sql`update file_import set state = 'cancelled' where state = 'planned'`)
  for (const table of ['import_row', 'import_match', 'import_error'])
    await rows(em, sql`delete from ${sql.table(table)}`)
  const group = await addGroup(em, 'Kept')
  const { path } = await add(
    shop,
    manager,
    (await checkFile(shop, manager, group, lines(mail('Kept'), 'Bad,,,,,,'))).path
  )
  t.same(await leftBehind(shop), { import_error: 1 })
  t.equal((await manager.get(`${path}/errors.csv`)).statusCode, 200)
  await rows(em, sql`update file_import set ended_at = ${NOW}::timestamptz - interval '31 days' where state = 'done'`)
  await forgetOldImports(em, NOW)
  t.same(await leftBehind(shop), {})
  t.match(words((await manager.get(path)).body), 'Rows with errors are kept for 30 days. These were removed.')
})
