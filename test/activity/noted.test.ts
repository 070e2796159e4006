import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { note, noteCustomerDeleted, notingOperation } from '../../src/activity/note.ts'
import { rows } from '../../src/db/rows.ts'
import { NOW, PASSWORD, testApp } from '../helper.ts'
import { addCustomer, addCustomers, addGroup, addList } from '../shop.ts'
import { idOf, linkIn, mia } from '../staff/helper.ts'
import { entriesOf, since, told } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const admin = await shop.as('admin')
const manager = await shop.as('manager')
const person = {
  firstName: 'Mia',
  lastName: 'Wong',
  phone: '(206) 555-0123',
  email: '',
  birthDate: '',
  gender: '',
  location: ''
}

t.test('a group made, changed and deleted', async (t) => {
  const key = randomUUID()
  const create = () => manager.post('/groups', { name: 'Gold', kind: 'primary', key })
  t.same(await since(manager, em, create), ['manager person created Gold'])
  t.same(await since(manager, em, create), [], 'a double click')
  const [made] = await rows(em, sql<{ id: number }>`select id from customer_group where name = 'Gold'`)
  const path = `/groups/${made?.id}`
  const change = { name: 'VIP', description: 'Our best.', allowsOnAccount: 'true', version: 1 }
  t.same(await since(manager, em, () => manager.post(`${path}/edit`, change)), [
    'manager person changed VIP: name Gold → VIP, description — → Our best., allow on-account sale no → yes'
  ])
  t.same(await since(manager, em, () => manager.post(`${path}/edit`, change)), [], 'a double click')
  t.same(await since(manager, em, () => manager.post(`${path}/edit`, { ...change, version: 2 })), [], 'nothing changed')
  t.same(
    await since(manager, em, () => manager.post(`${path}/edit`, { ...change, name: 'Default', version: 3 })),
    [],
    'refused'
  )
  const [gone] = await Promise.all([
    since(manager, em, () => Promise.all([manager.post(`${path}/deletion`), manager.post(`${path}/deletion`)]))
  ])
  t.same(gone, ['manager person deleted VIP'], 'also by two at once')
  t.same(
    await since(manager, em, () => manager.post('/groups', { name: 'Default', kind: 'list', key: randomUUID() })),
    []
  )
})

t.test('a limit set, changed and taken away', async (t) => {
  const group = await addGroup(em, 'Limited')
  const set = (version: number, largestDiscount: string) =>
    since(manager, em, () =>
      manager.post(`/groups/${group}/edit`, { name: 'Limited', version, restrictsPurchases: 'true', largestDiscount })
    )
  t.same(await set(1, '10'), [
    'manager person changed Limited: restrict purchases no → yes, largest manual discount — → 10%'
  ])
  t.same(await set(2, '10.0'), [], 'the same, written otherwise')
  t.same(await set(3, '12,5'), ['manager person changed Limited: largest manual discount 10% → 12.5%'])
  t.same(await set(4, ''), ['manager person changed Limited: largest manual discount 12.5% → —'])
  const called = await addGroup(em, 'Named')
  t.same(
    await since(manager, em, () => manager.post(`/groups/${called}/edit`, { name: 'true', version: 1 })),
    ['manager person changed true: name Named → true'],
    'a name is no yes'
  )
})

t.test('what tills are told set, changed and taken away', async (t) => {
  const group = await addGroup(em, 'Advised')
  const set = (version: number, told: Record<string, string>) =>
    since(manager, em, () => manager.post(`/groups/${group}/edit`, { name: 'Advised', version, ...told }))
  t.same(await set(1, { automaticDiscount: '5', priceList: 'trade', purchaseMessage: 'Ask for Kim.' }), [
    'manager person changed Advised: automatic discount — → 5%, price list — → trade, message for the cashier — → Ask for Kim.'
  ])
  t.same(await set(2, { automaticDiscount: '5.0', priceList: ' trade', purchaseMessage: '' }), [
    'manager person changed Advised: message for the cashier Ask for Kim. → —'
  ])
})

t.test('a group deleted with its customers says how many and where they went', async (t) => {
  const [group, list] = [await addGroup(em, 'Closing'), await addList(em, 'Letters')]
  await addCustomers(em, ['A', 'B'], { group, lists: [list] })
  t.same(
    await since(manager, em, () => manager.post(`/groups/${group}/deletion`)),
    [],
    'refused while it holds customers'
  )
  t.same(await since(manager, em, () => manager.post(`/groups/${group}/deletion`, { move: 'true' })), [
    'manager person deleted Closing; 2 customers moved to Default'
  ])
  t.same(await since(manager, em, () => manager.post(`/groups/${list}/deletion`)), [
    'manager person deleted Letters; 2 customers were on it'
  ])
})

t.test('a customer made and changed, with the values before and after', async (t) => {
  const staff = await shop.as('staff')
  const [staffGroup, news] = [await addGroup(em, 'Colleagues'), await addList(em, 'News')]
  const key = randomUUID()
  const form = { ...person, primary: staffGroup, lists: news, key }
  const create = () => staff.post('/customers', form)
  t.same((await since(manager, em, create)).sort(), [
    'staff person added Mia Wong to Colleagues',
    'staff person added Mia Wong to News',
    'staff person created customer Mia Wong'
  ])
  t.same(await since(manager, em, create), [], 'a double click')
  const [made] = await rows(em, sql<{ id: number }>`select id from customer where name = 'Mia Wong'`)
  const edit = { ...person, phone: '(206) 555-0199', birthDate: '1984-02-29', location: 'Seattle', version: 1 }
  const groups = { primary: 1, primaryWas: staffGroup, listsWas: news }
  t.same(
    (await since(manager, em, () => staff.post(`/customers/${made?.id}/edit`, { ...edit, ...groups }))).sort(),
    [
      'staff person changed Mia Wong: phone (206) 555-0123 → (206) 555-0199, birth date — → Feb 29, 1984, location — → Seattle',
      'staff person moved Mia Wong from Colleagues to Default',
      'staff person removed Mia Wong from News'
    ].sort()
  )
  t.same(
    await since(manager, em, () => staff.post(`/customers/${made?.id}/edit`, { ...edit, ...groups })),
    [],
    'outdated'
  )
  await addCustomer(em, { phone: '+12065550777' })
  const taken = { ...edit, phone: '(206) 555-0777', version: 2 }
  t.same(await since(manager, em, () => staff.post(`/customers/${made?.id}/edit`, taken)), [], 'refused')
})

t.test('who is put into, moved to and taken out of a group by hand', async (t) => {
  const [regulars, vip] = [await addGroup(em, 'Regulars'), await addGroup(em, 'Best')]
  const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'])
  await manager.post(`/groups/${regulars}/add`, { ids: ann, do: 'sure' })
  const add = () => manager.post(`/groups/${vip}/add`, { ids: [ann, bob], do: 'sure' })
  t.same(await since(manager, em, add), [
    'manager person moved 2 customers to Best (1 from other groups, 1 from Default)'
  ])
  t.same(await since(manager, em, add), [], 'they are there already')
  const remove = () => manager.post(`/groups/${vip}/customers/removal`, { ids: ann })
  t.same(await since(manager, em, remove), ['manager person removed Ann from Best'])
  t.same(await since(manager, em, remove), [])
})

t.test('many customers at once are one entry', async (t) => {
  const [from, to, list] = [await addGroup(em, 'From'), await addGroup(em, 'To'), await addList(em, 'Many')]
  const moving = await addCustomers(em, Array(5).fill('Crowd'), { group: from })
  const ids = [...moving, ...(await addCustomers(em, Array(16).fill('Crowd')))]
  t.same(await since(manager, em, () => manager.post(`/groups/${to}/add`, { ids, do: 'sure' })), [
    'manager person moved 21 customers to To (5 from other groups, 16 from Default)'
  ])
  t.same(await since(manager, em, () => manager.post(`/groups/${list}/add`, { ids })), [
    'manager person added 21 customers to Many'
  ])
  t.same(await since(manager, em, () => manager.post(`/groups/${to}/remove`, { ids })), [
    'manager person removed 21 customers from To'
  ])
})

t.test('colleagues: invited, changed, disabled, enabled, sent a link', async (t) => {
  const form = mia()
  t.same(await since(manager, em, () => admin.post('/staff', form)), ['admin person invited Mia Chen as manager'])
  t.same(await since(manager, em, () => admin.post('/staff', form)), [], 'a double click')
  const id = await idOf(shop, 'mia@demo.test')
  const change = { name: 'Mia Chen', role: 'staff', version: 1 }
  t.same(await since(manager, em, () => admin.post(`/staff/${id}/edit`, change)), [
    'admin person changed Mia Chen: role manager → staff'
  ])
  t.same(await since(manager, em, () => admin.post(`/staff/${id}/edit`, change)), [], 'outdated')
  const disable = () => admin.post(`/staff/${id}/disabling`)
  t.same(await since(manager, em, disable), ['admin person disabled Mia Chen'])
  t.same(await since(manager, em, disable), [])
  const enable = () => admin.post(`/staff/${id}/enabling`)
  t.same(await since(manager, em, enable), ['admin person enabled Mia Chen'])
  t.same(await since(manager, em, enable), [])
  let link = ''
  t.same(
    await since(manager, em, async () => {
      link = linkIn((await admin.post(`/staff/${id}/link`)).body)
    }),
    ['admin person created an invitation link for Mia Chen']
  )
  const password = 'violet kettle rides north'
  t.same(await since(manager, em, () => shop.anonymous.post(link, { password })), [
    'Mia Chen set a password with a one-time link'
  ])
  t.same(await since(manager, em, () => shop.anonymous.post(link, { password })), [], 'used up')
  t.same(await since(manager, em, () => admin.post(`/staff/${id}/link`)), [
    'admin person created a password reset link for Mia Chen'
  ])
  const own = await idOf(shop, 'admin@demo.test')
  t.same(await since(manager, em, () => admin.post(`/staff/${own}/disabling`)), [], 'the last admin stays')
})

t.test('settings, before and after', async (t) => {
  const settings = { name: 'Corner Shop', country: 'US', timeZone: 'America/Chicago', currency: 'USD', locale: 'en-US' }
  const save = () => admin.post('/settings', { ...settings, version: 1 })
  t.same(await since(manager, em, save), [
    'admin person changed the settings: time zone America/New York → America/Chicago'
  ])
  t.same(await since(manager, em, save), [])
  const abroad = { name: 'Kirana', country: 'IN', timeZone: 'Asia/Kolkata', currency: 'INR', locale: 'en-IN' }
  t.same(
    await since(manager, em, () => admin.post('/settings', { ...abroad, version: 2 })),
    [
      'admin person changed the settings: shop name Corner Shop → Kirana, country United States → India, time zone America/Chicago → ' +
        'Asia/Kolkata, currency US Dollar (USD) → Indian Rupee (INR), numbers and dates English (United States) → English (India)'
    ],
    'in the words of the Settings page'
  )
  await admin.post('/settings', { ...settings, version: 3 })
})

t.test('sign-ins, failed ones and sign-outs', async (t) => {
  const enter = (email: string, password: string) => () => shop.anonymous.post('/sign-in', { email, password })
  t.same(await since(manager, em, enter('staff@demo.test', 'wrong')), ['Failed sign-in as staff person'])
  t.same(await since(manager, em, enter('hunter2@demo.test', 'wrong')), [
    'Failed sign-in with an e-mail that has no active account'
  ])
  const kept = await rows(em, sql<{ all: string }>`select to_jsonb(activity)::text as all from activity`)
  t.notMatch(kept.map(({ all }) => all).join(), /hunter2/, 'what was typed is nowhere')
  t.same(await since(manager, em, enter('staff@demo.test', PASSWORD)), ['staff person signed in'])
  const leave = () => shop.anonymous.post('/sign-out')
  t.same(await since(manager, em, leave), ['staff person signed out'])
  t.same(await since(manager, em, leave), [])
  const staff = await shop.as('staff')
  const wrong = () => staff.post('/profile/password', { current: 'wrong', password: 'violet kettle rides north' })
  t.same(await since(manager, em, wrong), [])
  const change = () => staff.post('/profile/password', { current: PASSWORD, password: 'violet kettle rides north' })
  t.same(await since(manager, em, change), ['staff person set a new password'])
})

t.test('bulk operations, account entries and deletions have their words', async (t) => {
  const group = { id: await addGroup(em, 'Bulk'), name: 'Bulk' }
  const customerId = await addCustomer(em, { firstName: 'Pia' })
  const actor = { id: 1, now: NOW }
  const done = (
    id: number,
    operation: 'add' | 'remove' | 'delete-group',
    counts: { customers: number; moved?: number }
  ) => rows(em, notingOperation(actor, group, { id, operation, counts }))
  t.same(
    await since(manager, em, async () => {
      await done(41, 'add', { customers: 1202, moved: 312 })
      await done(42, 'remove', { customers: 1 })
      await done(43, 'delete-group', { customers: 40 })
      const counts = { customers: 1190, left: 12 }
      await rows(em, notingOperation(actor, group, { id: 44, operation: 'undo', undone: 41, counts }))
      await note(em, 'payment', actor, { customerId, details: { amount: '-20.000' } })
      await note(em, 'adjustment', actor, { customerId, details: { amount: '-5.5' } })
      await noteCustomerDeleted(em, customerId, actor)
    }),
    [
      `staff person deleted customer ${customerId}`,
      'staff person adjusted Pia ’s account by -$5.50',
      'staff person took a payment of $20.00 from Pia',
      'staff person undid a change to Bulk: 1,190 customers changed back, 12 skipped (changed since then)',
      'staff person deleted Bulk with 40 customers in it',
      'staff person removed 1 customer from Bulk',
      'staff person moved 1,202 customers to Bulk (312 from other groups, 890 from Default)'
    ]
  )
})

t.test('what is rolled back is not noted', async (t) => {
  const before = await entriesOf(em)
  const fork = shop.orm.em.fork()
  await t.rejects(
    fork.transactional(async (inner) => {
      await note(inner, 'settings-changed', { id: 1, now: NOW })
      throw new Error('no')
    })
  )
  t.equal(await entriesOf(em), before)
  t.ok((await told(manager)).length > 0)
})
