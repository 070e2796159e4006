import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { column, flashOf, linkNamed, tableRows } from '../page.ts'
import { addCustomer, addCustomers, addGroup, addList, addSale, DEFAULT, groupsOf, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

const vip = await addGroup(em, 'VIP')
const trade = await addGroup(em, 'Trade')
const letters = await addList(em, 'Letters')

t.test('the Customer List says who is in a group, and filters like the list of all', async (t) => {
  const ann = await addCustomer(em, {
    firstName: 'Ann',
    lastName: 'Ng',
    birthDate: '1990-03-03',
    gender: 'female',
    location: 'Seattle',
    group: vip,
    lists: [letters]
  })
  await addCustomer(em, { firstName: 'Bob', group: vip })
  await addCustomer(em, { firstName: 'Outsider', location: 'Seattle' })
  await addSale(em, ann, '2026-02-20T12:00Z', [['Lamp', 1, 20.5]])
  await addSale(em, ann, '2026-03-01T12:00Z', [['Lamp', 2, 41]])
  const page = await staff.get(`/groups/${vip}/customers`)
  t.same(
    tableRows(page.body).map((row) => row.slice(0, 8)),
    [
      ['Ann Ng', '—', '35', 'Female', 'Seattle', '2', '$61.50', 'yesterday'],
      ['Bob', '—', '—', '—', '—', '0', '$0.00', 'never']
    ]
  )
  t.match(page.body, 'placeholder="Search 2 customers"')
  const found = async (query: string, group = vip) =>
    column((await staff.get(`/groups/${group}/customers?${query}`)).body)
  t.same(await found('location=seattle'), ['Ann Ng'])
  t.same(await found('q=bo'), ['Bob'])
  t.same(await found('spent-from=61.50&ordered-within=1'), ['Ann Ng'])
  t.same(await found('not-ordered-within=1'), ['Bob'])
  t.same(await found('sort=spent&dir=asc'), ['Bob', 'Ann Ng'])
  t.same(await found('', letters), ['Ann Ng'])
  t.same(await found('', WALK_IN), ['Walk-in customer'])
  const none = words((await staff.get(`/groups/${vip}/customers?q=outsider`)).body)
  t.match(none, 'No match among 2 customers. Check the spelling, or type less of the name.')
  const part = await staff.part(`/groups/${vip}/customers?q=bob`)
  t.match(part.body.trim(), /^<div id="list"/)
  t.same(column(part.body), ['Bob'])
  const nobody = words((await staff.get(`/groups/${trade}/customers`)).body)
  t.match(nobody, 'No customers in Trade yet')
})

t.test('adding says what became of everybody, and twice changes nothing', async (t) => {
  const target = await addGroup(em, 'Target')
  const [a = 0, b = 0] = await addCustomers(em, ['Mova', 'Movb'], { group: trade })
  const [c = 0] = await addCustomers(em, ['Movc'], { group: vip })
  const [fresh = 0, gone = 0] = await addCustomers(em, ['Fresh', 'Gone'])
  const [member = 0] = await addCustomers(em, ['Member'], { group: target })
  await rows(em, sql`delete from customer where id = ${gone}`)
  const sure = (ids: number[]) => staff.post(`/groups/${target}/add`, { ids, do: 'sure' })
  const added = await sure([a, b, c, fresh, gone, member, 1])
  t.equal(added.statusCode, 303)
  t.equal(added.headers.location, `/groups/${target}/customers`)
  const flash = flashOf(staff)
  t.match(
    flash,
    '4 customers moved to Target (2 from Trade, 1 from Default, 1 from VIP). 1 customer was already in Target.'
  )
  t.match(flash, 'You selected 7, but 2 were deleted or no longer matched.')
  t.same(await groupsOf(em, a), ['Target'])
  t.match(words((await staff.get(String(added.headers.location))).body), flash, 'on the next page')
  await sure([a, b])
  t.equal(flashOf(staff), 'No customers were moved to Target. 2 customers were already in Target.')
  await staff.post(`/groups/${letters}/add`, { ids: [a, a, b] })
  t.equal(flashOf(staff), '2 customers added to Letters.')
  t.same(await groupsOf(em, a), ['Target', 'Letters'])
  await staff.post(`/groups/${DEFAULT}/add`, { ids: b, do: 'sure' })
  t.equal(flashOf(staff), '1 customer moved from Target to Default.')
})

t.test('nobody is added to Walk-in', async (t) => {
  t.notMatch((await staff.get(`/groups/${WALK_IN}/customers`)).body, `/groups/${WALK_IN}/add`)
  for (const answer of [
    await staff.get(`/groups/${WALK_IN}/add`),
    await staff.post(`/groups/${WALK_IN}/add`, { ids: 2 })
  ]) {
    t.equal(answer.statusCode, 409)
    t.match(words(answer.body), 'Customers can’t be added to Walk-in.')
  }
})

t.test('removing ends a membership: from a primary group to Default, from a list to nowhere', async (t) => {
  const id = await addCustomer(em, { firstName: 'Rem', group: vip, lists: [letters] })
  const back = `/groups/${vip}/customers?q=rem`
  const page = await staff.get(`/customers/${id}/menu?group=${vip}`, { referer: `http://localhost${back}` })
  t.match(words(page.body), 'Remove from group')
  t.match(page.body, `name="ids" value="${id}"><input type="hidden" name="back" value="${back}#list"`)
  const removed = await staff.post(`/groups/${vip}/customers/removal`, {
    ids: id,
    back
  })
  t.equal(removed.headers.location, back)
  t.equal(flashOf(staff), 'Rem was removed from VIP and moved to Default.')
  t.same(await groupsOf(em, id), ['Default', 'Letters'])
  await staff.post(`/groups/${vip}/customers/removal`, { ids: id })
  t.equal(flashOf(staff), 'Nothing was changed: they were no longer in VIP.')
  await staff.post(`/groups/${letters}/customers/removal`, { ids: id, back: '//elsewhere.test' })
  t.equal(flashOf(staff), 'Rem was removed from Letters.')
  t.same(await groupsOf(em, id), ['Default'])
  const two = await addCustomers(em, ['Sia', 'Tom'], { group: vip })
  await staff.post(`/groups/${vip}/customers/removal`, { ids: [id, ...two] })
  t.equal(flashOf(staff), '2 customers were removed from VIP and moved to Default.')
})

t.test('nobody is removed from Default or Walk-in', async (t) => {
  for (const [group, sentence] of [
    [DEFAULT, 'Customers can’t be removed from Default. Move them to another group.'],
    [WALK_IN, 'The walk-in customer can’t be removed from Walk-in.']
  ] as const) {
    t.notMatch((await staff.get(`/groups/${group}/customers`)).body, 'Remove from group')
    const refused = await staff.post(`/groups/${group}/customers/removal`, { ids: [1, 2] })
    t.equal(refused.statusCode, 409)
    t.match(words(refused.body), sentence)
  }
  t.same(await groupsOf(em, 1), ['Walk-in'])
})

t.test('pages of members hold while members come and go', async (t) => {
  const crowd = await addGroup(em, 'Crowd')
  const names = Array.from({ length: 55 }, (_, index) => `C${String(index).padStart(2, '0')}`)
  const ids = await addCustomers(em, names, { group: crowd })
  const first = (await staff.get(`/groups/${crowd}/customers`)).body
  t.match(words(first), '1 to 25 of 55')
  await staff.post(`/groups/${crowd}/customers/removal`, { ids: ids.slice(20, 27) })
  await addCustomer(em, { firstName: 'C000', group: crowd })
  const second = (await staff.get(linkNamed(first, 'Next') ?? '')).body
  t.same(column(second), names.slice(27, 52), 'it goes on after the last name that was seen')
  const back = (await staff.get(linkNamed(second, 'Previous') ?? '')).body
  t.same(column(back), ['C00', 'C000', ...names.slice(1, 20)])
})
