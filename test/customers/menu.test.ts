import t from 'tap'
import { type Client, testApp, words } from '../helper.ts'
import { linkNamed } from '../page.ts'
import { addCustomer, addGroup, DEFAULT, WALK_IN } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const [staff, manager] = [await shop.as('staff'), await shop.as('manager')]
const vip = await addGroup(em, 'VIP <3')
const ann = await addCustomer(em, { firstName: 'Ann', group: vip })

/** What a menu offers, link by link and button by button. */
async function entries(browser: Client, url: string): Promise<string[]> {
  const { body, statusCode } = await browser.part(url)
  t.equal(statusCode, 200)
  return [...body.matchAll(/class="menu-item[^>]*>([\s\S]*?)<\/(?:a|button)>/g)].map(([, label]) =>
    words(label ?? '').trim()
  )
}

t.test('no list of customers or groups carries a menu or a panel of filters that nobody has opened', async (t) => {
  for (const url of ['/customers', `/groups/${vip}/customers`, `/groups/${vip}/add`, '/groups']) {
    const { body } = await manager.get(url)
    t.notMatch(/<tbody>[\s\S]*<\/tbody>/.exec(body)?.[0] ?? '', /<details|menu-item/, url)
    t.notMatch(body, /name="spent-from"|<datalist/, url)
  }
})

t.test('a customer’s quick settings are those of the list they stand in, and of who asks', async (t) => {
  const histories = ['Order History', 'Account History']
  const all = ['Edit Customer', ...histories]
  t.same(await entries(staff, `/customers/${ann}/menu`), [...all, 'Add to list...'])
  t.same(await entries(staff, `/customers/${ann}/menu?group=${vip}`), [...all, 'Remove from group'])
  t.same(await entries(staff, `/customers/${ann}/menu?group=${DEFAULT}`), all, 'nobody is removed from Default')
  t.same(await entries(manager, `/customers/${ann}/menu`), [...all, 'Add to list...', 'Delete customer...'])
  t.same(await entries(manager, `/customers/1/menu?group=${WALK_IN}`), histories, 'nor the walk-in customer deleted')
})

t.test('a group’s options are for managers, and a system group’s are fewer', async (t) => {
  t.same(await entries(manager, `/groups/${vip}/menu`), ['Edit Group', 'Delete Group'])
  t.same(await entries(manager, `/groups/${DEFAULT}/menu`), ['Edit Group'])
  t.equal((await staff.get(`/groups/${vip}/menu`)).statusCode, 403)
})

t.test('a menu is a page too, which leads back to the list as it was looked at, and to no other place', async (t) => {
  const url = `/customers/${ann}/menu?group=${vip}`
  const list = `/groups/${vip}/customers`
  const backOf = async (headers: Record<string, string>) => linkNamed((await manager.get(url, headers)).body, 'VIP <3')
  t.equal(await backOf({ referer: `http://localhost${list}?q=ann&sort=age` }), `${list}?q=ann&sort=age`)
  for (const referer of ['https://elsewhere.test/groups/9/customers', 'http://localhost/customers', 'nonsense', ''])
    t.equal(await backOf({ referer }), list, referer)
  const page = (await manager.get(url)).body
  t.match(page, '<h1>Quick settings for Ann</h1>')
  t.match(page, `href="/customers/${ann}/delete?back=${encodeURIComponent(list)}"`)
})

t.test('a customer’s pages lead back to the list that they were opened from, as it was looked at', async (t) => {
  const crumb = async (url: string, from?: string, label = 'Customers') => {
    const { body } = await staff.get(url, from === undefined ? {} : { referer: `http://localhost${from}` })
    return linkNamed(body.slice(body.indexOf('<main')), label)
  }
  const path = `/customers/${ann}`
  const list = '/customers?q=ann&sort=age&after=WyJhIiwxXQ'
  const members = `/groups/${vip}/customers?q=a`
  for (const page of [path, `${path}/orders`, `${path}/account`]) {
    t.equal(await crumb(page), '/customers', 'from nowhere')
    t.equal(await crumb(page, list), list)
    t.equal(await crumb(page, members, 'Back to the list'), members)
    for (const from of [
      '/groups',
      '/customers/new',
      '/customers/7',
      '/groups/x/customers',
      '//elsewhere.test/customers'
    ])
      t.equal(await crumb(page, from), '/customers', from)
    for (const back of [
      'https://elsewhere.test/customers',
      '//elsewhere.test',
      'javascript:alert(1)',
      '/staff',
      '"<b>',
      '%00'
    ])
      t.equal(await crumb(`${page}?back=${encodeURIComponent(back)}`), '/customers', back)
  }
  const account = `${path}/account?back=${encodeURIComponent(list)}`
  t.equal(await crumb(path, list, 'Account History'), account, 'and from one page to the other')
  t.equal(await crumb(account, path), list)
  t.equal(await crumb(`${path}/account`, account), list, 'also over a page that knows of no list')
  t.equal(await crumb(path, '/customers', 'Account History'), `${path}/account`)
})

t.test('whoever was signed out at a menu comes back to its list', async (t) => {
  const headers = {
    'hx-request': 'true',
    'hx-request-type': 'partial',
    'hx-current-url': 'http://localhost/customers?q=ann'
  }
  const answer = await shop.anonymous.get(`/customers/${ann}/menu`, headers)
  t.match(String(answer.headers['hx-redirect']), `/sign-in?next=${encodeURIComponent('/customers?q=ann')}`)
})

t.test('there is no menu of who or what is not there, nor for strangers', async (t) => {
  for (const url of [
    '/customers/999/menu',
    '/customers/x/menu',
    `/customers/${ann}/menu?group=999`,
    '/groups/999/menu'
  ])
    t.equal((await manager.get(url)).statusCode, 404, url)
  t.equal((await manager.get(`/customers/${ann}/menu?group=x`)).statusCode, 400)
  t.equal((await shop.anonymous.get(`/customers/${ann}/menu`)).statusCode, 303)
})

t.test('the panel of filters comes with what is in force, and is part of the page where scripts are off', async (t) => {
  const query = 'group=VIP+%3C3&age-from=20&q=ann'
  const shut = (await staff.get(`/customers?${query}`)).body
  t.match(shut, '<input type="hidden" name="age-from" value="20">', 'the search keeps it')
  t.equal(linkNamed(shut, 'Filter 2'), `/customers?q=ann&group=VIP+%3C3&age-from=20&filters=open`)
  const part = await staff.part(`/customers?${query}&filters=open`)
  t.match(part.body.trim(), /^<details class="menu">/)
  for (const body of [part.body, (await staff.get(`/customers?${query}&filters=open`)).body]) {
    t.match(body, /name="group" value="VIP &lt;3"/)
    t.match(body, /name="age-from" value="20"/)
    t.match(body, '<datalist id="groups">')
    t.notMatch(body, 'type="hidden" name="age-from"', 'it is said once')
  }
  const wrong = await staff.get('/customers?age-from=x')
  t.equal(wrong.statusCode, 422)
  t.match(wrong.body, '<details class="menu" open>', 'what can’t be read is shown where it was typed')
  t.notMatch((await staff.part(`/groups/${vip}/customers?filters=open`)).body, 'name="group"')
})
