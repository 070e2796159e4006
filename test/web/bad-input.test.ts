import t from 'tap'
import { testApp } from '../helper.ts'
import { addCustomer, addCustomers, addGroup, addList } from '../shop.ts'
import { NASTY, problems, raw, ways, wrongWith } from './nasty.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const post = raw(shop, manager)
const group = await addGroup(em, 'Group')
const list = await addList(em, 'List')
const customer = await addCustomer(em, { firstName: 'Ann', group, lists: [list] })
await addCustomers(em, Array(30).fill('Crowd'), { group })

t.test('ids in paths that name nothing are not found', async (t) => {
  const gets = [
    '/groups/@',
    '/groups/@/customers',
    '/groups/@/products',
    '/groups/@/products.csv',
    '/groups/@/add',
    '/groups/@/edit',
    '/groups/@/delete',
    '/customers/@',
    '/customers/@/edit',
    '/customers/@/orders',
    '/customers/@/account',
    '/customers/@/account/payments',
    '/customers/@/delete'
  ]
  const posts = [
    '/groups/@/edit',
    '/groups/@/deletion',
    '/groups/@/add',
    '/groups/@/remove',
    '/customers/@/edit',
    '/customers/@/account/payments',
    '/customers/@/account/adjustments',
    '/customers/@/deletion'
  ]
  const cases = Object.entries({ ...NASTY, unknown: '99999' }).filter(([what]) => what !== 'nothing')
  for (const path of gets)
    t.same(await problems(cases, (value) => manager.get(path.replace('@', value))), [], `GET ${path}`)
  for (const path of posts)
    t.same(
      await problems(cases, (value) => post(path.replace('@', value), 'ids=1&version=1&name=X')),
      [],
      `POST ${path}`
    )
  for (const id of ['0', '-1', '1.5', '1e9999', '2147483648', 'abc', '99999', 'a%00b']) {
    t.equal((await manager.get(`/groups/${id}`)).statusCode, 404, id)
    t.equal((await manager.get(`/customers/${id}`)).statusCode, 404, id)
    t.equal((await post(`/groups/${id}/deletion`, '')).statusCode, 404, id)
  }
})

t.test('nothing in a query breaks a page', async (t) => {
  const filter = ['q', 'group', 'location', 'spent-from', 'ordered-within', 'sort', 'dir', 'after', 'before']
  const pages: [string, string[]][] = [
    ['/groups', ['q', 'kind', 'sort', 'dir', 'after', 'before']],
    ['/groups/new', ['kind']],
    ['/customers', filter],
    ['/customers/new', ['firstName', 'lastName', 'phone', 'email']],
    ['/activity', ['group', 'customer', 'person', 'kind', 'from', 'to', 'after', 'before']],
    [`/groups/${group}/customers`, ['q', 'spent-from', 'ordered-within', 'after']],
    [`/groups/${group}/products`, ['after', 'sort', 'dir', 'period']],
    [`/groups/${group}/products.csv`, ['after', 'sort', 'dir', 'period']],
    ['/groups/compare', ['ids', 'with']],
    [`/groups/compare?ids=${group}&ids=${list}&`, ['ids', 'with']],
    [`/groups/${group}/add`, ['q', 'ids']],
    [`/customers/${customer}/orders`, ['from', 'to', 'receipt', 'days', 'after', 'before']],
    [`/customers/${customer}/account`, ['after', 'before']],
    [`/customers/${customer}/delete`, ['back']],
    ['/customers/choices', ['kind', 'listsQuery', 'lists', 'primaryQuery', 'primary']]
  ]
  for (const [path, names] of pages) {
    for (const name of names)
      t.same(await problems(ways(name), (query) => manager.get(`${path}?${query}`)), [], `${path}?${name}=`)
  }
  for (const query of ['?', '?&&&', '?=', '?%', '?__proto__=1&constructor=2', `?${'a=1&'.repeat(2000)}`])
    t.equal(wrongWith(await manager.get(`/customers${query}`)), null, query.slice(0, 30))
})

t.test('bodies that are no forms are refused in words', async (t) => {
  const paths = [
    '/groups',
    `/groups/${group}/edit`,
    `/groups/${group}/deletion`,
    `/groups/${group}/add`,
    `/groups/${group}/remove`,
    '/customers',
    `/customers/${customer}/edit`,
    `/customers/${customer}/account/payments`,
    `/customers/${customer}/account/adjustments`,
    `/customers/${customer}/deletion`
  ]
  const json = 'application/json'
  const bodies: [string, string][] = [
    ['null', json],
    ['[]', json],
    ['5', json],
    ['"text"', json],
    ['{', json],
    [
      '{"name":{"a":1},"firstName":["x"],"ids":{"a":1},"key":5,"version":[],"kind":null,"lists":[[1],{}],"move":{}}',
      json
    ],
    [
      '{"name":"a\\ud800","description":"\\udfff","firstName":"\\ud800","kind":"list","email":"\\ud800@example.com","ids":[1.5],"version":1}',
      json
    ],
    ['{"__proto__":{"name":"x"},"constructor":{"prototype":1}}', json],
    ['name=x', 'text/plain'],
    ['<name>x</name>', 'application/xml'],
    ['--x\r\n', 'multipart/form-data; boundary=x'],
    ['name=x', 'nonsense'],
    ['x'.repeat(1024 * 1024 + 1), 'application/x-www-form-urlencoded']
  ]
  for (const path of paths) {
    for (const [body, type] of bodies)
      t.equal(wrongWith(await post(path, body, type)), null, `${path} ${type} ${body.slice(0, 60)}`)
  }
  t.equal((await post('/groups', 'x'.repeat(1024 * 1024 + 1))).statusCode, 413)
})
