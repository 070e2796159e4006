import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import { rows } from '../../src/db/rows.ts'
import { findGroup } from '../../src/groups/queries.ts'
import { addMembers } from '../../src/membership/join.ts'
import { type Client, type Form, NOW, testApp, words } from '../helper.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const plain = await addGroup(em, 'Plain')
const list = await addList(em, 'Letters')
const credit = await addGroup(em, 'Credit', { allowsOnAccount: true })
const bargain = await addGroup(em, 'Bargain', { allowsDiscounts: true })
const ann = await addCustomer(em, { firstName: 'Ann', group: plain })

const FOR_ALL: [url: string, part: RegExp | null][] = [
  ['/groups', /^<div id="list"/],
  [`/groups/${plain}`, /^<div id="figures"/],
  [`/groups/${plain}/customers`, /^<div id="list"/],
  [`/groups/${plain}/products`, /^<div id="list"/],
  [`/groups/${plain}/add`, /^<div id="picker"/],
  [`/groups/compare?ids=${plain}&ids=${list}`, /^<div id="compared"/],
  ['/customers', /^<div id="list"/],
  ['/customers/new', null],
  ['/customers/choices', /^<div data-results/],
  [`/customers/${ann}`, null],
  [`/customers/${ann}/edit`, /^<div class="dialog-content"/]
]
const FOR_MANAGERS: [url: string, part: RegExp | null][] = [
  ['/groups/new', null],
  [`/groups/${plain}/edit`, /^<div class="dialog-content"/],
  [`/groups/${plain}/delete`, /^<div class="dialog-content"/],
  ['/activity', /^<div id="list"/]
]
const POSTS_OF_MANAGERS = ['/groups', `/groups/${plain}/remove`, `/groups/${plain}/edit`, `/groups/${plain}/deletion`]
const POSTS_OF_ALL = [
  `/groups/${plain}/add`,
  `/groups/${plain}/customers/removal`,
  '/customers',
  `/customers/${ann}/edit`
]

const everything = () =>
  rows(
    em,
    sql`
    select to_jsonb(one) from customer_group one union all select to_jsonb(one) from membership one
    union all select to_jsonb(one) from customer one order by 1`
  )

t.test('who is not signed in is asked to, and nothing changes', async (t) => {
  const before = await everything()
  for (const [url] of [...FOR_ALL, ...FOR_MANAGERS]) {
    const answer = await shop.anonymous.get(url)
    t.equal(answer.statusCode, 303)
    t.equal(answer.headers.location, `/sign-in?next=${encodeURIComponent(url)}`)
    t.equal((await shop.anonymous.part(url)).statusCode, 204, 'to htmx: go there')
  }
  for (const url of [...POSTS_OF_ALL, ...POSTS_OF_MANAGERS]) {
    const answer = await shop.anonymous.post(url, {
      ids: ann,
      name: 'X',
      firstName: 'X',
      version: 1,
      key: randomUUID()
    })
    t.equal(answer.statusCode, 401)
    t.match(words(answer.body), 'You were signed out. Nothing you typed is lost')
  }
  t.same(await everything(), before)
})

t.test('every page stands as a whole and as its part', async (t) => {
  const manager = await shop.as('manager')
  const staff = await shop.as('staff')
  for (const [pages, browser] of [
    [FOR_ALL, staff],
    [[...FOR_ALL, ...FOR_MANAGERS], manager]
  ] as const) {
    for (const [url, part] of pages) {
      const whole = await browser.get(url)
      t.equal(whole.statusCode, 200, url)
      t.match(whole.body, /^<!doctype html>[\s\S]*<h1[\s\S]*<\/html>\s*$/, url)
      const fragment = await browser.part(url)
      t.equal(fragment.statusCode, 200, `part of ${url}`)
      t.match(fragment.body.trim(), part ?? /^<!doctype html>/, `part of ${url}`)
      if (part) t.notMatch(fragment.body, /<html|<h1>[^<]*<\/h1>\s*<p class="subtitle">/)
      t.match(fragment.headers.vary, /HX-Request-Type/i)
    }
  }
})

t.test('staff make, edit and delete no groups, and see no way to', async (t) => {
  const staff = await shop.as('staff')
  const before = await everything()
  for (const [url] of FOR_MANAGERS) {
    const answer = await staff.get(url)
    t.equal(answer.statusCode, 403, url)
    t.match(words(answer.body), 'Only managers and admins can see this page.')
    const part = await staff.part(url)
    t.equal(part.statusCode, 403)
    t.equal(part.headers['hx-retarget'], '#flash', 'a message at the top, no page in a window')
    t.notMatch(part.body, '<html')
  }
  for (const url of POSTS_OF_MANAGERS) {
    const answer = await staff.post(url, { name: 'X', kind: 'list', version: 1, key: randomUUID(), move: 'true' })
    t.equal(answer.statusCode, 403, url)
    t.match(words(answer.body), 'Only managers and admins can do this.')
  }
  for (const [url] of FOR_ALL)
    t.notMatch((await staff.get(url)).body, /\/groups\/new|\/groups\/\d+\/(edit|delete)|deletion/, url)
  t.same(await everything(), before)
})

t.test('staff add nobody to a group that allows on-account sale or discounts; managers and admins do', async (t) => {
  const staff = await shop.as('staff')
  for (const [group, name] of [
    [credit, 'Credit'],
    [bargain, 'Bargain']
  ] as const) {
    for (const url of [`/groups/${group}`, `/groups/${group}/customers`]) {
      const page = await staff.get(url)
      t.equal(page.statusCode, 200)
      t.notMatch(page.body, `/groups/${group}/add`, 'no button')
    }
    for (const answer of [
      await staff.get(`/groups/${group}/add`),
      await staff.post(`/groups/${group}/add`, { ids: ann, do: 'sure' })
    ]) {
      t.equal(answer.statusCode, 403)
      t.match(
        words(answer.body),
        `${name} allows on-account sale or manual discounts, so only managers and admins can add customers to it.`
      )
    }
    t.same(await groupsOf(em, ann), ['Plain'])
    for (const role of ['manager', 'admin'] as const) {
      const boss = await shop.as(role)
      t.match((await boss.get(`/groups/${group}/customers`)).body, `/groups/${group}/add`)
      t.equal((await boss.post(`/groups/${group}/add`, { ids: ann, do: 'sure' })).statusCode, 303)
      t.same(await groupsOf(em, ann), [name])
      t.equal(
        (await staff.post(`/groups/${group}/customers/removal`, { ids: ann, sure: 'true' })).statusCode,
        303,
        'taking out is allowed'
      )
    }
    await staff.post(`/groups/${plain}/add`, { ids: ann, do: 'sure' })
  }
  t.same(await groupsOf(em, ann), ['Plain'])
  t.equal((await staff.post(`/groups/${list}/add`, { ids: ann })).statusCode, 303)
})

t.test('nobody but managers and admins moves somebody into a Default that lets a till do more', async (t) => {
  const staff = await shop.as('staff')
  const ways = (browser: Client, id: number) => [
    () => browser.post('/groups/1/add', { ids: id, do: 'sure' }),
    () => browser.post(`/groups/${plain}/customers/removal`, { ids: id }),
    () => browser.post(`/groups/${plain}/remove`, { ids: id, do: 'go' }),
    () => edit(browser, id, { primary: 1, primaryWas: plain }),
    () => edit(browser, id, { primary: plain, primaryWas: plain, listsWas: plain }),
    () => edit(browser, id, { primary: plain, primaryWas: plain, lists: 1 }),
    () => browser.post(`/groups/${plain}/deletion`, { move: 'true' }),
    () => browser.send('/groups/1/import', Buffer.from(''), { 'content-type': 'multipart/form-data; boundary=x' })
  ]
  for (const setting of ['allowsOnAccount', 'allowsDiscounts'] as const) {
    await (await shop.as('manager')).post('/groups/1/edit', { ...(await versionOf(1)), [setting]: 'true' })
    const bob = await addCustomer(em, { firstName: 'Bob', group: plain })
    const menu = `/customers/${bob}/menu?group=${plain}`
    t.notMatch((await staff.get(menu)).body, 'customers/removal', 'no button')
    t.notMatch((await staff.get(`/customers/${bob}/edit`)).body, /<option value="1"/, 'not on offer')
    const before = await everything()
    for (const [nth, way] of ways(staff, bob).entries()) {
      t.ok([403, 422, 303].includes((await way()).statusCode), `${nth}`)
      t.same(await groupsOf(em, bob), ['Plain'], `by way ${nth}`)
    }
    t.same((await everything()).length, before.length)
    for (const way of ways(shop.anonymous, bob)) t.ok([401, 303].includes((await way()).statusCode))
    t.same(await groupsOf(em, bob), ['Plain'])
    const refused = await staff.post(`/groups/${plain}/customers/removal`, { ids: bob })
    t.match(
      words(refused.body),
      'Customers removed from Plain go to Default, which allows on-account sale or manual discounts, so only managers and admins can remove them.'
    )
    t.equal((await staff.post(`/groups/${list}/add`, { ids: bob })).statusCode, 303)
    t.equal(
      (await staff.post(`/groups/${list}/customers/removal`, { ids: bob })).statusCode,
      303,
      'a list leads nowhere'
    )
    for (const role of ['manager', 'admin'] as const) {
      const boss = await shop.as(role)
      await addMembers(em, await findGroup(em, plain), [bob], { id: 1, now: NOW })
      t.match((await boss.get(menu)).body, 'customers/removal')
      for (const way of [...ways(boss, bob).slice(0, 2), ways(boss, bob)[3]]) {
        await addMembers(em, await findGroup(em, plain), [bob], { id: 1, now: NOW })
        t.equal((await way?.())?.statusCode, 303, role)
        t.same(await groupsOf(em, bob), ['Default'])
      }
    }
    const made = await staff.post('/customers', {
      firstName: 'New',
      email: `${setting}@example.org`,
      key: randomUUID()
    })
    t.same(
      await groupsOf(em, Number(String(made.headers.location).split('/').at(-1))),
      ['Default'],
      'who is new may start there'
    )
    await (await shop.as('manager')).post('/groups/1/edit', await versionOf(1))
  }
})

t.test('Default’s settings say what they mean for every new customer', async (t) => {
  const manager = await shop.as('manager')
  const ofDefault = words((await manager.get('/groups/1/edit')).body)
  t.match(ofDefault, 'They can buy now and pay later. So can every new customer.')
  t.match(ofDefault, 'The cashier can give them a discount at the till. Every new customer too.')
  t.match(ofDefault, 'only managers and admins can move other customers to it')
  for (const url of ['/groups/2/edit', `/groups/${plain}/edit`, '/groups/new'])
    t.notMatch((await manager.get(url)).body, 'very new customer', url)
})

const versionOf = async (id: number) => ({ version: (await findGroup(em, id)).version, description: '' })

async function edit(browser: Client, id: number, groups: Form) {
  const customer = await em.fork().findOneOrFail(Customer, id)
  const { firstName, email, version } = customer
  return browser.post(`/customers/${id}/edit`, { firstName, email: email ?? '', version, ...groups })
}

t.test('admins may do all that managers may', async (t) => {
  const admin = await shop.as('admin')
  for (const [url] of [...FOR_ALL, ...FOR_MANAGERS]) t.equal((await admin.get(url)).statusCode, 200, url)
  const made = await admin.post('/groups', { name: 'By admin', kind: 'list', key: randomUUID() })
  t.equal(made.statusCode, 303)
  t.equal((await admin.post(`${made.headers.location}/edit`, { name: 'By the admin', version: 1 })).statusCode, 303)
  t.equal((await admin.post(`${made.headers.location}/deletion`)).statusCode, 303)
})
