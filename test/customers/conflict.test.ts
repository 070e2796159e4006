import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { fieldValue, flashOf, selected, ticked } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf, join } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const vip = await addGroup(em, 'VIP')
const trade = await addGroup(em, 'Trade')
const one = await addList(em, 'One')
const two = await addList(em, 'Two')
const three = await addList(em, 'Three')

const edit = (id: number, form: Record<string, string | number | number[]>) =>
  staff.post(`/customers/${id}/edit`, { firstName: 'Ann', email: `ann${id}@example.com`, version: 1, ...form })
const hidden = (html: string, name: string) =>
  [...html.matchAll(new RegExp(`type="hidden" name="${name}" value="([^"]*)"`, 'g'))].map(([, value]) => value)

t.test('the second to save is told, keeps what they typed, and may save over the first', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann' })
  t.equal((await edit(id, { lastName: 'Theirs', phone: '2065550123' })).statusCode, 303)
  const mine = { lastName: 'Mine', location: 'Rome' }
  const told = await edit(id, mine)
  t.equal(told.statusCode, 409)
  t.match(
    words(told.body),
    /Their version, saved First name Ann Last name Theirs Phone \(206\) 555-0123 .*Primary group Default Your version, not saved First name Ann Last name Mine Phone — .*Location Rome/
  )
  t.equal(fieldValue(told.body, 'lastName'), 'Mine')
  t.equal(fieldValue(told.body, 'version'), '2')
  t.match(await row(em, sql`select last_name, version from customer where id = ${id}`), {
    last_name: 'Theirs',
    version: 2
  })
  for (const version of ['', '0', 'x', '7', '9'.repeat(20)])
    t.equal((await edit(id, { ...mine, version })).statusCode, 409, version)
  t.equal((await edit(id, { ...mine, version: 2 })).statusCode, 303)
  t.match(await row(em, sql`select last_name, phone from customer where id = ${id}`), {
    last_name: 'Mine',
    phone: null
  })
})

t.test('of two who save at once one is told', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann' })
  const answers = await Promise.all(['A', 'B', 'C'].map((lastName) => edit(id, { lastName })))
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 409, 409])
})

t.test('only the groups that were touched change; what others did meanwhile stays', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', group: vip, lists: [one, two] })
  const form = (await staff.get(`/customers/${id}/edit`)).body
  t.equal(selected(form, 'primary'), String(vip))
  t.same(ticked(form, 'lists'), [one, two].map(String))
  t.same([hidden(form, 'primaryWas'), hidden(form, 'listsWas')], [[String(vip)], [`${one} ${two}`]])
  // Somebody else adds a third list and another primary group while the form is open.
  await join(em, three, [id])
  await join(em, trade, [id])
  const saved = await edit(id, { primary: vip, primaryWas: vip, lists: [two], listsWas: [one, two] })
  t.equal(saved.statusCode, 303)
  t.equal(flashOf(staff), 'Ann was saved.')
  t.same(await groupsOf(em, id), ['Trade', 'Three', 'Two'])
})

t.test('moving a customer is told, and so is who moved them at the same time', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', group: vip })
  await edit(id, { primary: trade, primaryWas: vip })
  t.equal(flashOf(staff), 'Saved. Ann moved from VIP to Trade.')
  t.same(await groupsOf(em, id), ['Trade'])
  const told = await edit(id, { primary: 1, primaryWas: vip, version: 2 })
  t.equal(told.statusCode, 409)
  t.match(
    words(told.body),
    /Their version, saved .*Primary group Trade Your version, not saved .*Primary group Default/
  )
  t.equal(selected(told.body, 'primary'), '1', 'mine stays chosen')
  t.same(hidden(told.body, 'primaryWas'), [String(trade)])
  t.same(await groupsOf(em, id), ['Trade'])
  t.equal((await edit(id, { primary: 1, primaryWas: trade, version: 2 })).statusCode, 303)
  t.same(await groupsOf(em, id), ['Default'])
  t.equal((await edit(id, { primary: 1, primaryWas: vip, version: 3 })).statusCode, 303, 'both meant the same')
})

t.test('after a conflict, saving again takes back no change of groups that nobody showed', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', group: vip, lists: [one, two] })
  await edit(id, {
    lastName: 'Theirs',
    primary: trade,
    primaryWas: vip,
    lists: [one, two, three],
    listsWas: [one, two]
  })
  const told = await edit(id, { lastName: 'Mine', primary: vip, primaryWas: vip, lists: [two], listsWas: [one, two] })
  t.equal(told.statusCode, 409)
  t.equal(selected(told.body, 'primary'), String(trade), 'I had left it alone')
  t.same(
    ticked(told.body, 'lists').map(Number).sort(),
    [two, three],
    'without the one that I took away, with the one they gave'
  )
  const again = {
    primary: Number(selected(told.body, 'primary')),
    primaryWas: Number(hidden(told.body, 'primaryWas')[0])
  }
  const lists = { lists: ticked(told.body, 'lists').map(Number), listsWas: hidden(told.body, 'listsWas')[0] ?? '' }
  t.equal((await edit(id, { lastName: 'Mine', ...again, ...lists, version: 2 })).statusCode, 303)
  t.same(await groupsOf(em, id), ['Trade', 'Three', 'Two'])
})

t.test('a group that is gone or can’t be one is refused, and nothing is saved', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', group: vip, lists: [one] })
  const before = { primary: vip, primaryWas: vip, lists: one, listsWas: one }
  for (const bad of [9999, 'x', '', '0', '-1', 2 ** 31, '1e9999', one]) {
    const answer = await edit(id, { ...before, lastName: 'Mine', primary: bad })
    t.equal(answer.statusCode, 422, `primary ${bad}`)
    t.match(words(answer.body), 'The group you chose was deleted. Choose another.')
    t.equal(fieldValue(answer.body, 'lastName'), 'Mine')
  }
  for (const bad of [9999, 'x', '0', 2 ** 31, vip, trade]) {
    const answer = await edit(id, { ...before, lists: [one, bad] as number[] })
    t.equal(answer.statusCode, 422, `lists ${bad}`)
    t.match(words(answer.body), 'The group you chose was deleted. Choose another.')
    t.ok(ticked(answer.body, 'lists').includes(String(one)), 'the other tick stays')
  }
  const walkIn = await edit(id, { ...before, primary: 2 })
  t.match(words(walkIn.body), 'Only the walk-in customer can be in Walk-in.')
  t.same(await groupsOf(em, id), ['VIP', 'One'])
})
