import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { SCOPE_NAMES } from '../../src/tills/scopes.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup, addList, groupsOf } from '../shop.ts'
import { programOf } from './till.ts'

const shop = await testApp(t)
const { em } = shop
const till = await programOf(shop)
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true, largestDiscount: '10' })
const vip = await addList(em, 'VIP')
const ann = await addCustomer(em, {
  firstName: 'Ann',
  lastName: 'Bell',
  phone: '+12065550123',
  group: trade,
  lists: [vip]
})
const ben = await addCustomer(em, { firstName: 'Ben', lastName: 'Cole', email: 'ben@example.com' })

t.test(
  'a customer is found by phone in any spelling, by e-mail, by a search, by ids, and in the list of all',
  async (t) => {
    const found = async (query: string) =>
      ((await till.get(`/customers${query}`)).body.items as { id: number }[]).map(({ id }) => id)
    t.same(await found('?phone=(206)%20555-0123'), [ann])
    t.same(await found('?phone=%2B12065550123'), [ann])
    t.same(await found('?phone=nonsense'), [])
    t.same(await found('?email=BEN@example.com'), [ben])
    t.same(await found('?q=bel'), [ann])
    t.same(await found(`?ids=${ben},999999,${ann},1`), [ben, ann])
    t.same(await found(''), [ann, ben])
    const first = (await till.get('/customers?limit=1')).body
    t.same(
      first.items.map(({ id }: { id: number }) => id),
      [ann]
    )
    const second = (await till.get(`/customers?limit=1&next=${first.next}`)).body
    t.match([second.items[0].id, second.next], [ben, null])
    t.match((await till.get(`/groups?next=${first.next}`)).body, { status: 400, code: 'cursor-invalid' })
    for (const query of ['?limit=0', '?limit=201', '?nothing=1', '?ids=a', '?phone=1&q=2', '?next=%00']) {
      t.equal((await till.get(`/customers${query}`)).status, 400, query)
    }
  }
)

t.test('a customer as tills see them, with a tag of what was read', async (t) => {
  const answer = await till.get(`/customers/${ann}`)
  t.match(answer.body, {
    id: ann,
    version: 1,
    first_name: 'Ann',
    last_name: 'Bell',
    company: null,
    phone: '+12065550123',
    birth_date: null,
    primary_group: { id: trade, name: 'Trade', since: '2026-03-02' },
    lists: [{ id: vip, name: 'VIP' }],
    orders: 0,
    spent: '0.00',
    last_order_at: null,
    policy: {
      customer_id: ann,
      group: { id: trade, name: 'Trade' },
      settings_version: 1,
      purchases: { allowed: true, message: null },
      on_account: {
        allowed: true,
        limit: null,
        limit_from: null,
        balance: '0.00',
        left: null,
        overdue: '0.00',
        on_hold: false
      },
      discounts: { manual: true, max_percent: '10', automatic_percent: null, price_list: null }
    }
  })
  const tag = String(answer.headers.etag)
  t.match(tag, /^"[\w-]{22}"$/)
  t.equal((await till.get(`/customers/${ann}`, { 'if-none-match': tag })).status, 304)
  const policy = await till.get(`/customers/${ann}/policy`)
  t.same(policy.body, answer.body.policy)
  const known = { 'if-none-match': String(policy.headers.etag) }
  t.equal((await till.get(`/customers/${ann}/policy`, known)).status, 304)
  await rows(em, sql`update customer_group set allows_on_account = false, version = 2 where id = ${trade}`)
  t.match((await till.get(`/customers/${ann}/policy`, known)).body, {
    settings_version: 2,
    on_account: { allowed: false }
  })
  for (const id of ['1', '999999', 'x', '0', '99999999999'])
    t.equal((await till.get(`/customers/${id}`)).status, 404, id)
})

t.test('a till makes and changes customers by the rules of the form', async (t) => {
  const made = await till.post('/customers', {
    first_name: ' Cem ',
    phone: '206 555 0188',
    birth_date: '1990-01-31',
    gender: 'male'
  })
  t.match(
    [made.status, made.body.first_name, made.body.phone, made.body.primary_group.name],
    [201, 'Cem', '+12065550188', 'Default']
  )
  t.equal(made.headers.location, `/api/v1/customers/${made.body.id}`)
  const taken = await till.post('/customers', { first_name: 'Dee', phone: '+12065550188' })
  t.match([taken.status, taken.body], [409, { code: 'phone-taken', customer_id: made.body.id }])
  t.match((await till.post('/customers', { first_name: 'Dee', email: 'BEN@example.com' })).body, {
    code: 'email-taken',
    customer_id: ben
  })

  const wrong = await till.post('/customers', { first_name: 'Dee', phone: '12', birth_date: '2999-01-01' })
  t.match(wrong.body, { status: 400, errors: [{ pointer: '/phone' }, { pointer: '/birth_date' }] })
  t.match((await till.post('/customers', { first_name: 'Dee', fone: '1' })).body, {
    status: 400,
    errors: [{ pointer: '/fone', code: 'unknown' }]
  })
  const patch = (body: object) => till.send('PATCH', `/customers/${made.body.id}`, body)
  const changed = await patch({ version: 1, gender: null, location: 'Oslo', company: 'Sample & Co' })
  t.match(changed.body, {
    version: 2,
    first_name: 'Cem',
    gender: null,
    location: 'Oslo',
    company: 'Sample & Co',
    birth_date: '1990-01-31'
  })
  t.match((await patch({ version: 1, location: 'Bergen' })).body, { status: 409, code: 'changed', version: 2 })
  t.match((await patch({ location: 'Bergen' })).body, {
    status: 400,
    errors: [{ pointer: '/version', code: 'missing' }]
  })
  t.match((await patch({ version: 2, first_name: null })).body, { status: 400, errors: [{ pointer: '/first_name' }] })

  const manager = await shop.as('manager')
  const { body } = await manager.get('/activity')
  t.match(words(body), /High Street, till Till 1 created customer Cem/)
})

t.test('groups: read with any key, changed with groups:write', async (t) => {
  const manager = await programOf(shop, 'Office', SCOPE_NAMES)
  const groups = (await till.get('/groups')).body.items
  t.match(
    groups.map(({ name, kind }: { name: string; kind: string }) => [name, kind]),
    [
      ['Default', 'primary'],
      ['Walk-in', 'primary'],
      ['Trade', 'primary'],
      ['VIP', 'list']
    ]
  )
  t.match((await till.get(`/groups/${trade}`)).body, {
    name: 'Trade',
    system: null,
    settings: { allows_discounts: true, largest_discount: '10.00' },
    customers: 1,
    average_spend: '0.00',
    top_product: null
  })
  t.notOk('settings' in (await till.get(`/groups/${vip}`)).body)
  t.same((await till.get('/groups?q=tra')).body.items.length, 1)
  t.same(
    (await till.get(`/groups/${vip}/customers`)).body.items.map(({ id }: { id: number }) => id),
    [ann]
  )
  t.equal((await till.get('/groups/999')).status, 404)

  const put = (path: string, body?: object) => manager.send('PUT', `/customers/${ben}${path}`, body)
  t.match((await put('/primary_group', { group_id: trade })).body, { primary_group: { id: trade } })
  t.equal((await put('/primary_group', { group_id: trade })).status, 200, 'repeated it changes nothing')
  t.match((await put('/primary_group', { group_id: vip })).body, { status: 400, errors: [{ code: 'group-unknown' }] })
  t.match((await put('/primary_group', { group_id: 2 })).body, { status: 400 }, 'nobody is put into Walk-in')
  t.match((await put(`/lists/${vip}`)).body, { lists: [{ id: vip }] })
  t.equal((await put(`/lists/${vip}`)).status, 200)
  t.same(await groupsOf(em, ben), ['Trade', 'VIP'])
  t.match((await manager.send('DELETE', `/customers/${ben}/lists/${vip}`)).body, { lists: [] })
  t.equal((await manager.send('DELETE', `/customers/${ben}/lists/${vip}`)).status, 200)
  const made = await manager.post('/customers', {
    first_name: 'Eve',
    email: 'eve@example.com',
    group_id: trade,
    list_ids: [vip]
  })
  t.match(made.body, { primary_group: { name: 'Trade' }, lists: [{ name: 'VIP' }] })
  t.equal((await till.post('/customers', { first_name: 'Fay', email: 'fay@example.com', group_id: trade })).status, 403)
})
