import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { count, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { addCustomer, addGroup, addList, groupsOf, owe } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, latestOperation } from './helper.ts'
import { NAMED, upload } from './upload.ts'

/** As htmx asks for what is shown in place. */
const PART = { 'hx-request': 'true', 'hx-request-type': 'partial' }
const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const HEADS = 'Name,Email,Groups'
const text = (...rows: string[]) => [HEADS, ...rows].join('\n')
const check = (...rows: string[]) => checkFile(shop, manager, NAMED, text(...rows))
const idOf = async (email: string) =>
  (await row(em, sql<{ id: number }>`select id from customer where email = ${email}`))?.id ?? 0
const isThere = (name: string) =>
  count(em, sql`select count(*)::int as n from customer_group where name_key(name) = name_key(${name})`)
const undo = async (id: number) => {
  const answer = await manager.post(`/operations/${id}/undo`, { sure: 'true' })
  if (answer.statusCode !== 303) console.error(words(answer.body))
  await doJobs(shop, NOW)
  return answer
}

t.test('each row goes into the groups that it names, and all of it comes back', async (t) => {
  const vip = await addGroup(em, 'VIP')
  const staff = await addGroup(em, 'Staff')
  const fair = await addList(em, 'Fair')
  const [moves, joins, stays] = [
    await addCustomer(em, { firstName: 'Mo', email: 'mo@example.org', group: staff }),
    await addCustomer(em, { firstName: 'Jo', email: 'jo@example.org' }),
    await addCustomer(em, { firstName: 'Stu', email: 'stu@example.org', group: vip, lists: [fair] })
  ]
  const { path, file, page } = await check(
    'Ana Bell,ana@example.org, vip ; FAIR ; Spring 2027',
    'Bo,bo@example.org,',
    'Mo,mo@example.org,VIP|Spring  2027|spring 2027',
    'Jo,jo@example.org,spring 2027;fair',
    'Stu,stu@example.org,Fair;ViP',
    'Cy,cy@example.org,VIP;Staff',
    'Di,di@example.org,Walk-in',
    `Ed,ed@example.org,${'x'.repeat(81)}`
  )
  t.same(bucketsOf(file.plan), { create: 2, add: 1, move: 1, already: 1, wrong: 3 })
  t.match(words(page), 'Will be created 2 Will join groups 1 Will move 1 (from Staff) No changes 1 Have errors 3')
  t.match(words(page), '4 groups 2 of them don’t exist yet. They will be created as lists.')
  t.match(words(page), '1 new customer will start in Default because the file names no primary group for them.')
  t.match(words(page), 'Spring 2027 New list 3 — 0')
  t.match(words(page), 'VIP Primary 1 1 1 from Staff 1')
  t.match(words(page), 'Fair List 2 — 1')
  t.match(
    words(page),
    'A customer can have only one primary group, but this cell names Staff and VIP. Keep one of them.'
  )
  t.match(words(page), 'Walk-in is only for sales to people who leave no name.')
  t.match(words(page), 'must have at most 80 characters')
  t.match(
    words((await manager.get(`${path}/errors`)).body),
    'Of 8 rows: 2 will be created, 1 will join groups, 1 will move, 1 already in their groups, 3 with errors.'
  )
  t.equal(await isThere('Spring 2027'), 0, 'a plan makes nothing')

  const done = await add(shop, manager, path)
  t.match(
    words(done.page),
    '4 customers were imported: 2 created, 1 added, 1 moved (1 from Staff), 1 unchanged. 2 lists were created.'
  )
  t.same(await groupsOf(em, await idOf('ana@example.org')), ['VIP', 'Fair', 'Spring 2027'])
  t.same(await groupsOf(em, await idOf('bo@example.org')), ['Default'])
  t.same(await groupsOf(em, moves), ['VIP', 'Spring  2027', 'Spring 2027'])
  t.same(await groupsOf(em, joins), ['Default', 'Fair', 'Spring 2027'])
  t.same(await groupsOf(em, stays), ['VIP', 'Fair'])
  t.same(await driftOf(shop), [])
  t.match(words((await manager.get('/activity')).body), 'created Spring 2027')
  t.match(words((await manager.get('/activity')).body), 'imported 4 customers (2 new, 1 from other groups)')
  t.equal((await manager.get(`/operations/${await latestOperation(shop)}`)).statusCode, 200)

  const back = await undo(await latestOperation(shop))
  t.equal(back.headers.location, '/customers')
  const undone = words((await manager.get(path)).body)
  t.same(await groupsOf(em, moves), ['Staff'])
  t.same(await groupsOf(em, joins), ['Default'])
  t.same(await groupsOf(em, stays), ['VIP', 'Fair'])
  t.equal(await idOf('ana@example.org'), 0)
  t.equal(await isThere('Spring 2027'), 0, 'the list is gone again')
  t.equal(await isThere('Fair'), 1)
  t.match(undone, 'This was undone. Show the undo')
  const operation = words((await manager.get(`/operations/${await latestOperation(shop)}`)).body)
  t.match(
    operation,
    '2 customers created by the import were deleted. Undone: 1 customer removed from the lists they had joined, 1 customer moved back to Staff. 2 lists created by the import were deleted.'
  )
  t.match(operation, 'Removed from lists 1')
  t.same(await driftOf(shop), [])
})

t.test('what somebody did since is left alone, and a list that is in use is kept', async (t) => {
  const vip = await addGroup(em, 'Gold')
  await addCustomer(em, { firstName: 'Old', email: 'old@example.org' })
  const { path } = await check(
    'Old,old@example.org,Gold;Kept;Renamed',
    'New,new@example.org,Gone;Kept',
    'Too,too@example.org,Gold;Gone'
  )
  await add(shop, manager, path)
  const operation = await latestOperation(shop)
  const kept = await row(em, sql<{ id: number }>`select id from customer_group where name = 'Kept'`)
  const other = await addCustomer(em, { firstName: 'Other', email: 'other@example.org', lists: [kept?.id ?? 0] })
  await rows(em, sql`update customer_group set version = 2, description = 'Mine' where name = 'Renamed'`)
  await manager.post(`/groups/${vip}/add`, { ids: other, do: 'sure' })
  await undo(operation)
  t.same([await isThere('Kept'), await isThere('Renamed'), await isThere('Gone')], [1, 1, 0])
  t.same(await groupsOf(em, other), ['Gold', 'Kept'])
  t.same(await groupsOf(em, await idOf('old@example.org')), ['Default'])
  const said = words((await manager.get(`/operations/${await latestOperation(shop)}`)).body)
  t.match(
    said,
    '1 list created by the import was deleted. 2 lists were kept because they had other customers or later changes.'
  )
  t.same(await driftOf(shop), [])
})

t.test(
  'a file that names ten thousand groups is refused in a sentence, and one without the column changes no group',
  async (t) => {
    const many = Array.from({ length: 10_000 }, (_, n) => `Ann,many${n}@example.org,Group ${n}`)
    const { file, page } = await check(...many)
    t.equal(file.state, 'failed')
    t.match(
      words(page),
      'The Group column names 10,000 groups, and 10,000 of them don’t exist yet. One file can create up to 200 lists.'
    )
    t.equal(await count(em, sql`select count(*)::int as n from import_group where import_id = ${file.id}`), 0)

    const plain = await checkFile(shop, manager, NAMED, 'Name,Email\nPla,plain.named@example.org\n')
    t.match(words(plain.page), 'This file has no Group column, so nobody joins or changes groups.')
    await add(shop, manager, plain.path)
    t.same(await groupsOf(em, await idOf('plain.named@example.org')), ['Default'])
  }
)

t.test('a group that is deleted or replaced between plan and Add Customers is not guessed at', async (t) => {
  const doomed = await addGroup(em, 'Doomed')
  const { path } = await check('Dee,dee.named@example.org,Doomed;Quick')
  await rows(em, sql`delete from customer_group where id = ${doomed}`)
  const { answer, page } = await add(shop, manager, path)
  t.equal(answer.statusCode, 409)
  t.match(words(answer.body), 'Doomed was deleted or replaced after this plan was made, so no customers were added.')
  t.match(page, 'Add 1 Customer')
  t.equal(await idOf('dee.named@example.org'), 0)
  const quick = await check('Dee,dee.named@example.org,Quick')
  await addGroup(em, 'QUICK')
  t.match(words((await add(shop, manager, quick.path)).answer.body), 'Quick was deleted or replaced')
  const list = await check('Dee,dee.named@example.org,Handmade')
  await addList(em, 'handmade')
  await add(shop, manager, list.path)
  t.same(
    await groupsOf(em, await idOf('dee.named@example.org')),
    ['Default', 'handmade'],
    'a list of that name does as well'
  )
  t.equal(await isThere('handmade'), 1)
})

t.test('names that try something, and details with them', async (t) => {
  const nasty = `<b onclick="x">'; drop table customer_group; --</b>`
  const { path, page } = await checkFile(
    shop,
    manager,
    NAMED,
    `Name,Email,City,Group\nNas,nas@example.org,Rome,"${nasty.replaceAll('"', '""').replaceAll(';', '')}"\nRtl,rtl@example.org,,VIP\u202e\nNul,nul@example.org,,V\0IP\n`,
    { updates: true }
  )
  t.notMatch(page, '<b onclick')
  t.match(words(page), 'Have errors 2')
  await add(shop, manager, path)
  t.equal(await isThere(nasty.replaceAll(';', '')), 1)
  const again = await checkFile(
    shop,
    manager,
    NAMED,
    'Name,Email,City,Group\nNas,nas@example.org,Oslo,VIP\nOld,old@example.org,Bern,\n',
    { updates: true }
  )
  const done = await add(shop, manager, again.path)
  t.match(words(done.page), '1 customer was imported: 1 added, 1 with new details.')
  t.match(words((await manager.get(`/operations/${await latestOperation(shop)}`)).body), 'Added 1 Details updated 1')
  await undo(await latestOperation(shop))
  t.same(
    await rows(
      em,
      sql`select location from customer where email in ('nas@example.org', 'old@example.org') order by email`
    ),
    [{ location: 'Rome' }, { location: null }]
  )
})

t.test('all groups of a file are listed page by page, and one group for everyone is found by its name', async (t) => {
  const named = Array.from({ length: 40 }, (_, n) => `Li,li${n}@example.org,Listed ${n}`)
  const { path, page } = await check(...named)
  t.match(page, `href="${path}/groups"`)
  const first = (await manager.get(`${path}/groups`)).body
  t.match(words(first), '1 to 25 of 40')
  t.match(words((await manager.get(`${path}/groups?skip=25`)).body), '26 to 40 of 40')
  t.equal((await manager.get(`${path}/groups?skip=999999999999`)).statusCode, 200)
  await manager.post(`${path}/cancel`)
  const start = await manager.get('/customers/import?find=gol')
  t.match(start.body, /href="\/groups\/\d+\/import">Gold</)
  t.notMatch(start.body, 'import">Walk-in<')
  t.match(
    words((await manager.get('/customers/import?find=nothing+like+it')).body),
    'No group has “nothing like it” in its name.'
  )
})

t.test('the start is for managers, and where there is nobody yet it is offered', async (t) => {
  const staff = await shop.as('staff')
  for (const page of ['/customers/import?another', '/customers/import/sample.csv']) {
    t.equal((await staff.get(page)).statusCode, 403, page)
    t.match((await shop.anonymous.get(page)).headers.location, '/sign-in', page)
    t.equal((await manager.get(page)).statusCode, 200, page)
  }
  t.equal((await upload(staff, NAMED, text('A,a@example.org,'))).statusCode, 403)
  t.match((await upload(shop.anonymous, NAMED, text())).headers.location, '/sign-in')
  t.equal((await upload(manager, NAMED, '', { name: '' })).statusCode, 422)
  t.match((await manager.get('/customers')).body, 'href="/customers/import"')
  t.notMatch((await staff.get('/customers')).body, 'href="/customers/import"')
  const empty = await addList(em, 'Empty')
  t.match(
    (await manager.get(`/groups/${empty}/customers`)).body,
    new RegExp(`href="/groups/${empty}/import" data-dialog`)
  )
  const sample = (await manager.get('/customers/import/sample.csv')).body
  const asIs = await checkFile(shop, manager, NAMED, sample)
  t.same(bucketsOf(asIs.file.plan), { passed: 2 }, 'the sample is nobody, and its columns are known')
})

t.test(
  'ticks and corrected cells count for the groups of a file, for what is owed, and for whom it changed',
  async (t) => {
    const trade = await addGroup(em, 'Trade', { allowsOnAccount: true })
    await addGroup(em, 'Wholesale', { allowsOnAccount: true })
    await addGroup(em, 'Cash')
    const [kim, moe, ole] = [
      await addCustomer(em, { firstName: 'Kim', lastName: 'Park', email: 'kim.tick@example.org', group: trade }),
      await addCustomer(em, { firstName: 'Moe', email: 'moe.tick@example.org', group: trade }),
      await addCustomer(em, { firstName: 'Ole', email: 'ole.tick@example.org', group: trade })
    ]
    for (const [customer, amount] of [
      [kim, '40.00'],
      [moe, '10.50'],
      [ole, '99.00']
    ] as const)
      await owe(em, customer, amount)
    const right = [
      'Zoe Quist,kim.tick@example.org,Cash;Ticked',
      'Moe,moe.tick@example.org,Cash',
      'Ole,ole.tick@example.org,Wholesale;Cold',
      'Ida,ida.tick@example.org,Cash;Mended'
    ]
    const { path, file, page } = await check(
      ...right.slice(0, 3),
      'Ida,ida.tick@example,Cash;Mended',
      'Uwe,uwe.tick@example.org,Cash;Trade'
    )
    t.same(bucketsOf(file.plan), { move: 2, stranger: 1, wrong: 2 })
    t.match(words(page), 'Cash Primary 0 1 1 from Trade 0')
    t.match(words(page), 'will no longer be able to buy on account. 1 of them owes $10.50 .')
    t.notMatch(words(page), 'Ticked New list', 'a list that only a row names that is left out is not made')
    t.match(words((await manager.get(`${path}/strangers`)).body), 'Moves from Trade')

    await manager.post(`${path}/strangers`, { do: 'all' })
    const ticked = words((await manager.get(path)).body)
    t.match(ticked, 'Ticked New list 1 — 0')
    t.match(ticked, 'Cash Primary 0 2 2 from Trade 0')
    t.match(ticked, 'will no longer be able to buy on account. 2 of them owe $50.50 .')
    await manager.post(`${path}/strangers`, { do: 'none' })
    t.notMatch(words((await manager.get(path)).body), 'Ticked New list')
    await manager.post(`${path}/strangers`, { do: 'all' })

    await manager.post(`${path}/rows/5`, { 'cell-1': 'ida.tick@example.org', at: 'plan' })
    t.match(words((await manager.get(path)).body), 'Mended New list 1 — 0')
    const mended = await manager.post(`${path}/rows/6`, { 'cell-2': 'Cash', at: 'plan' }, PART)
    t.match(words(mended.body), 'Row 6 was corrected. This customer will be created.')
    t.match(words(mended.body), 'Cash Primary 2 2 2 from Trade 0')

    const whole = await check(...right, 'Uwe,uwe.tick@example.org,Cash')
    await manager.post(`${whole.path}/strangers`, { do: 'all' })
    const sums = (at: string) =>
      rows(
        em,
        sql`select to_jsonb(named) - 'import_id' as sums from import_group named
      where import_id = ${Number(at.split('/').at(-1))} order by key`
      )
    t.same(await sums(path), await sums(whole.path), 'as if the file had come up like that')

    const many = Array.from({ length: 201 }, (_, n) => `List ${n}`).join(';')
    const over = await check(`Uwe,uwe.tick@example,${many}`)
    t.same(bucketsOf(over.file.plan), { wrong: 1 })
    const refused = await manager.post(`${over.path}/rows/2`, { 'cell-1': 'over.tick@example.org', at: 'plan' })
    t.equal(refused.statusCode, 409)
    t.match(words(refused.body), 'One file can create up to 200 lists.')
    t.match(words((await manager.get(over.path)).body), 'Have errors 1')
    await manager.post(`${over.path}/cancel`)

    const done = await add(shop, manager, path)
    t.match(words(done.page), '5 customers were imported: 2 created, 3 moved (3 from Trade). 3 lists were created.')
    t.same(await groupsOf(em, kim), ['Cash', 'Ticked'])
    t.same(await groupsOf(em, ole), ['Wholesale', 'Cold'])
    t.same(await groupsOf(em, await idOf('ida.tick@example.org')), ['Cash', 'Mended'])
    const told = async (id: number) => words((await manager.get(`/activity?customer=${id}`)).body)
    t.match(
      await told(kim),
      'manager person moved Kim Park from Trade to another group in an import, with 4 other customers'
    )
    t.match(await told(await idOf('uwe.tick@example.org')), 'manager person imported Uwe , with 4 other customers')

    const operation = await latestOperation(shop)
    const asked = words((await manager.get(`/operations/${operation}/undo`)).body)
    t.match(asked, 'Undo deletes 2 customers created by this import.')
    t.match(asked, '3 lists created by this import will be deleted too, unless changed or used since then.')
    await undo(operation)
    t.same(await groupsOf(em, kim), ['Trade'])
    t.match(await told(kim), 'manager person moved Kim Park back to Trade')
    t.match(
      words((await manager.get('/activity')).body),
      'undid an import: 2 customers deleted, 3 customers changed back'
    )
    t.same(await driftOf(shop), [])
  }
)
