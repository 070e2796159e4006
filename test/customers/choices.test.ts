import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { fieldValue, selected, ticked } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')

/** The names on offer under a group field. */
function offered(html: string, name: string): string[] {
  const options = [...html.matchAll(new RegExp(`name="${name}" value="\\d+"[^>]*><span>([^<]*)</span>`, 'g'))]
  return options.map(([, label]) => label ?? '')
}

const vip = await addGroup(em, 'VIP')
const credit = await addGroup(em, 'Credit', { allowsOnAccount: true })
const eclairs = await addList(em, 'Éclairs')
const wine = await addList(em, 'Wine')

t.test('few groups stand in a drop-down and as boxes, by name, without Walk-in', async (t) => {
  const form = (await staff.get('/customers/new')).body
  const options = /<select[^>]*name="primary"[\s\S]*?<\/select>/.exec(form)?.[0] ?? ''
  t.same(
    [...options.matchAll(/>([^<]+)<\/option>/g)].map(([, name]) => name),
    ['Default', 'VIP'],
    'staff may choose no Credit'
  )
  t.same(offered(form, 'lists'), ['Éclairs', 'Wine'])
  const all = (await (await shop.as('manager')).get('/customers/new')).body
  t.match(all, '>Credit</option>')
  t.notMatch(all, '>Walk-in</option>')
  const ann = await addCustomer(em)
  const why = 'Only managers and admins can move someone into a group with on-account sale or manual discounts.'
  for (const page of [form, (await staff.get(`/customers/${ann}/edit`)).body]) t.match(words(page), why)
  t.notMatch(words(all), why)
})

t.test('Find without JavaScript narrows the lists, keeps what was typed and ticked, and saves nothing', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', lists: [wine] })
  const typed = { firstName: '', phone: 'nonsense', lists: wine, listsWas: wine, primary: 1, primaryWas: 1, version: 1 }
  for (const path of ['/customers', `/customers/${id}/edit`]) {
    const answer = await staff.post(path, { ...typed, key: randomUUID(), find: 'lists', listsQuery: 'ecl' })
    t.equal(answer.statusCode, 200)
    t.same(offered(answer.body, 'lists'), ['Wine', 'Éclairs'], 'the ticked one first')
    t.same(ticked(answer.body, 'lists'), [String(wine)])
    t.equal(fieldValue(answer.body, 'phone'), 'nonsense')
    t.equal(fieldValue(answer.body, 'listsQuery'), 'ecl')
    t.notMatch(words(answer.body), 'There is a problem', 'not saving yet, so nothing is wrong yet')
  }
  const none = await staff.post('/customers', { key: randomUUID(), find: 'lists', listsQuery: '%' })
  t.match(words(none.body), 'No list matches “%”.')
  t.same(await groupsOf(em, id), ['Default', 'Wine'])
})

t.test('the same choices as parts of a page, for htmx', async (t) => {
  const lists = await staff.part(`/customers/choices?listsQuery=ECLAIR&lists=${wine}`)
  t.match(lists.body.trim(), /^<div data-results id="list-options">/)
  t.same(offered(lists.body, 'lists'), ['Wine', 'Éclairs'])
  t.same(ticked(lists.body, 'lists'), [String(wine)])
  const primary = await staff.part(`/customers/choices?kind=primary&primaryQuery=v&primary=1`)
  t.match(primary.body.trim(), /^<div data-results id="primary-options">/)
  t.same(offered(primary.body, 'primary'), ['Default', 'VIP'])
  t.same(ticked(primary.body, 'primary'), ['1'])
  t.same(offered((await staff.part('/customers/choices?kind=primary&primaryQuery=credit')).body, 'primary'), [])
  t.match((await staff.get('/customers/choices?listsQuery=wine')).body, /<html[\s\S]*Wine/)
})

t.test('over 50 groups become a search, with and without JavaScript', async (t) => {
  await rows(
    em,
    sql`insert into customer_group (kind, name) select kind, kind || ' ' || to_char(n, 'FM000') from generate_series(1, 60) n, unnest(array['primary', 'list']) kind`
  )
  const id = await addCustomer(em, { firstName: 'Bob', group: vip, lists: [eclairs] })
  const form = (await staff.get(`/customers/${id}/edit`)).body
  t.equal(selected(form, 'primary'), undefined, 'no drop-down')
  t.match(form, /name="find" value="primary"/)
  t.match(form, /name="find" value="lists"/)
  t.same(ticked(form, 'primary'), [String(vip)])
  t.equal(offered(form, 'primary').length, 21, 'the one chosen and twenty more')
  t.equal(offered(form, 'primary')[0], 'VIP')
  t.equal(offered(form, 'lists')[0], 'Éclairs')

  const typed = {
    firstName: 'Bob',
    email: 'bob@example.com',
    primary: vip,
    primaryWas: vip,
    lists: eclairs,
    listsWas: eclairs,
    version: 1
  }
  const answer = await staff.post(`/customers/${id}/edit`, { ...typed, find: 'primary', primaryQuery: '060' })
  t.equal(answer.statusCode, 200)
  t.same(offered(answer.body, 'primary'), ['VIP', 'primary 060'])
  t.equal(fieldValue(answer.body, 'primaryQuery'), '060')
  t.same(ticked(answer.body, 'lists'), [String(eclairs)])
  const primary = Number(/name="primary" value="(\d+)"><span>primary 060/.exec(answer.body)?.[1])
  const both = await staff.post(`/customers/${id}/edit`, { ...typed, primary, find: 'lists', listsQuery: '060' })
  t.same(ticked(both.body, 'primary'), [String(primary)], 'the first choice stays while the second is looked for')
  const list = Number(/name="lists" value="(\d+)"><span>list 060/.exec(both.body)?.[1])
  t.equal((await staff.post(`/customers/${id}/edit`, { ...typed, primary, lists: [eclairs, list] })).statusCode, 303)
  t.same(await groupsOf(em, id), ['primary 060', 'Éclairs', 'list 060'])
})

t.test('staff put nobody into a group that lets a till do more, whatever they send', async (t) => {
  const id = await addCustomer(em, { firstName: 'Cem' })
  const form = { firstName: 'Cem', email: 'cem@example.com', version: 1 }
  const tricks: object[] = [
    { primary: credit },
    { primary: credit, primaryWas: credit },
    { lists: credit },
    { lists: credit, listsWas: credit },
    { primary: [1, credit] }
  ]
  for (const trick of tricks) {
    for (const path of ['/customers', `/customers/${id}/edit`]) {
      const answer = await staff.post(path, {
        ...form,
        email: `${randomUUID()}@example.com`,
        key: randomUUID(),
        ...trick
      })
      t.ok([303, 409, 422].includes(answer.statusCode), `${path} ${JSON.stringify(trick)}: ${answer.statusCode}`)
      const [found] = await rows(
        em,
        sql<{ n: number }>`select count(*)::int as n from membership where group_id = ${credit}`
      )
      t.equal(found?.n, 0, `${path} ${JSON.stringify(trick)}`)
    }
  }
  const refused = await staff.post(`/customers/${id}/edit`, { ...form, primary: credit, primaryWas: 1 })
  t.ok([409, 422].includes(refused.statusCode))
  const current = await rows(em, sql<{ version: number }>`select version from customer where id = ${id}`)
  const answer = await staff.post(`/customers/${id}/edit`, {
    ...form,
    primary: credit,
    primaryWas: 1,
    version: current[0]?.version ?? 0
  })
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'Only managers and admins can add customers to Credit.')
  const manager = await shop.as('manager')
  const made = await manager.post('/customers', { ...form, primary: credit, key: randomUUID() })
  t.equal(made.statusCode, 303)
  const insider = Number(String(made.headers.location).split('/')[2])
  t.same(await groupsOf(em, insider), ['Credit'])
  // Who is in such a group already can be edited by staff, and stays there.
  const kept = await staff.post(`/customers/${insider}/edit`, {
    ...form,
    lastName: 'New',
    primary: credit,
    primaryWas: credit
  })
  t.equal(kept.statusCode, 303)
  t.same(await groupsOf(em, insider), ['Credit'])
  const out = await staff.post(`/customers/${insider}/edit`, {
    ...form,
    primary: 1,
    primaryWas: credit,
    owing: 1,
    version: 2
  })
  t.equal(out.statusCode, 303)
  t.same(await groupsOf(em, insider), ['Default'], 'taking out is allowed')
})
