import t from 'tap'
import { testApp, words } from '../helper.ts'
import { column, linkNamed } from '../page.ts'
import { openPicker } from '../picker.ts'
import { addCustomer, addCustomers, addGroup, addList, groupsOf } from '../shop.ts'
import { problems, ways } from '../web/nasty.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const gold = await addGroup(em, 'Gold')
await addGroup(em, 'Credit', { allowsOnAccount: true })
const news = await addList(em, 'News')
const rome = await addCustomers(em, ['Ann', 'Bob', 'Cid'], { location: 'Rome', group: gold, lists: [news] })
await addCustomer(em, { firstName: 'Dan', location: 'Oslo', lists: [news] })

t.test('from a list of customers by way of a group to its picker, which has the very list', async (t) => {
  const list = await manager.get('/customers?location=Rome&sort=spent')
  const choosing = linkNamed(list.body, 'Add to group...') ?? ''
  t.equal(choosing, '/customers/add?location=Rome&sort=spent')
  const page = await manager.get(choosing)
  t.match(words(page.body), 'From customers with Location: Rome')
  t.same(column(page.body), ['Credit', 'Default', 'Gold', 'News'], 'every group but Walk-in')
  const party = await addList(em, 'Party')
  const address = linkNamed((await manager.get(`${choosing}&find=part`)).body, 'Party')
  t.equal(address, `/groups/${party}/add?location=Rome&sort=spent`)
  const picker = await openPicker(manager, String(address))
  await picker.press('all')
  t.match(words(picker.body), '3 selected (all 3 that match)')
  await picker.press('go')
  for (const id of rome) t.ok((await groupsOf(em, id)).includes('Party'))
})

t.test('and likewise out of a group', async (t) => {
  const choosing = linkNamed((await manager.get('/customers?q=an')).body, 'Remove from group...') ?? ''
  const page = await manager.get(choosing)
  t.same(column(page.body), ['Gold', 'News', 'Party'], 'neither system groups nor empty ones')
  const picker = await openPicker(manager, linkNamed(page.body, 'News') ?? '')
  t.match(column(picker.body, 1).join(), /^Ann [^,]*$/)
  await picker.press('all')
  await picker.press('go')
  const [ann = 0, bob = 0] = rome
  t.same([(await groupsOf(em, ann)).includes('News'), (await groupsOf(em, bob)).includes('News')], [false, true])
})

t.test('groups are searched, and that there are none is said', async (t) => {
  for (const ask of [manager.get, manager.part]) {
    t.match(words((await ask('/customers/add?find=nobody')).body), 'No groups match')
    t.same(column((await ask('/customers/add?find=GOL')).body), ['Gold'])
  }
  for (let n = 0; n < 55; n++) await addList(em, `Season ${String(n).padStart(2, '0')}`)
  const many = await manager.get('/customers/add')
  t.equal(column(many.body).length, 50)
  t.match(words(many.body), 'The first 50 by name. Search to find the others.')
  const empty = await testApp(t)
  const boss = await empty.as('admin')
  t.match(
    words((await boss.get('/customers/remove')).body),
    'Only Default and Walk-in have customers, and they can’t be removed from there.'
  )
})

t.test('only managers and admins', async (t) => {
  const staff = await shop.as('staff')
  for (const url of ['/customers/add', '/customers/remove']) {
    t.equal((await staff.get(url)).statusCode, 403)
    t.equal((await shop.anonymous.get(url)).statusCode, 303)
    t.equal((await (await shop.as('admin')).get(url)).statusCode, 200)
  }
  t.notMatch((await staff.get('/customers')).body, 'Customer Options')
})

t.test('nothing in the address breaks it', async (t) => {
  for (const name of ['find', 'q', 'group', 'spent-from', 'sort', 'after'])
    t.same(await problems(ways(name), (query) => manager.get(`/customers/remove?${query}`)), [], name)
  const answer = await manager.get('/customers/add?spent-from=much')
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'Total spent must be an amount such as 500 or 99.50.')
})
