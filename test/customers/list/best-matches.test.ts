import { sql } from 'kysely'
import { getCountries, getCountryCallingCode } from 'libphonenumber-js'
import t from 'tap'
import { findBestMatches } from '../../../src/customers/list/best-matches.ts'
import { CustomerFilter } from '../../../src/customers/list/filter.ts'
import { conditionsOf } from '../../../src/customers/list/filter-conditions.ts'
import type { LIMITS } from '../../../src/customers/list/find-page.ts'
import type { AddColumns } from '../../../src/customers/list/index-scan.ts'
import { beginsNationally } from '../../../src/customers/list/search.ts'
import type { RowKey } from '../../../src/customers/list/sorts.ts'
import { row } from '../../../src/db/rows.ts'
import { testApp, words } from '../../helper.ts'
import { column, followPages, linkNamed } from '../../page.ts'
import { addCustomer, addCustomers, addGroup } from '../../shop.ts'
import { found } from './people.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const manager = await shop.as('manager')
const vip = await addGroup(em, 'VIP')

t.test(
  'digits find phones that end with them, then those that begin so, then those that hold them, then the rest',
  async (t) => {
    await addCustomer(em, { firstName: 'Mail', email: 'a.206555@example.com' })
    await addCustomer(em, { firstName: 'Holds', phone: '+14252065551' })
    await addCustomer(em, { firstName: 'Begins', phone: '+12065550100' })
    await addCustomer(em, { firstName: 'Abroad', phone: '+442065550100', group: vip })
    await addCustomer(em, { firstName: 'Zed Ends', phone: '+14253206555' })
    await addCustomer(em, { firstName: 'Quite Another', phone: '+14253206554' })
    const order = ['Zed Ends', 'Abroad', 'Begins', 'Holds', 'Mail']
    t.same(await found(staff, { q: '206555' }), order)
    t.same(await found(staff, { q: '(206) 555' }), order)
    t.same(await found(staff, { q: '206555', sort: 'name' }), [...order].sort(), 'a chosen sort takes everybody too')
    t.same(await found(staff, { q: '206555', dir: 'desc' }), [...order].sort().reverse())
    t.same(await found(staff, { q: '206555', group: 'VIP' }), ['Abroad'])
  }
)

t.test('a 0 stands for the prefix at the beginning of a number alone', async (t) => {
  await addCustomer(em, { firstName: 'National', phone: '+441864960123' })
  await addCustomer(em, { firstName: 'Zero', phone: '+14055550186' })
  await addCustomer(em, { firstName: 'Inside', phone: '+14055918655' })
  await addCustomer(em, { firstName: 'Whole', phone: '+18645550199' })
  t.same(await found(staff, { q: '0186' }), ['Zero', 'National'])
  t.same(await found(staff, { q: '00 186' }), ['Whole'], 'and 00 for what comes before a country')
  t.same(await found(staff, { q: '01' }), [])
})

t.test('what a national number begins with is known for every country', async (t) => {
  for (const code of new Set(getCountries().map((country) => getCountryCallingCode(country)))) {
    const ask = (phone: string) =>
      row(
        em,
        sql<{ is: boolean }>`select ${beginsNationally('186')} as is from (select ${phone}::text as phone) customer`
      )
    t.same(await ask(`+${code}1864960`), { is: true }, code)
    t.same(await ask(`+${code}9186496`), { is: false }, code)
  }
})

t.test('words find names that they are a word of, then those with words that begin so, then the rest', async (t) => {
  await addCustomer(em, { firstName: 'Zoe', lastName: 'Lin' })
  await addCustomer(em, { firstName: 'Ann', lastName: 'Lindqvist' })
  await addCustomer(em, { firstName: 'Línus', lastName: 'Zorn' })
  await addCustomer(em, { firstName: 'Carolin', lastName: 'Abel' })
  await addCustomer(em, { firstName: 'Abe', email: 'lin@example.com' })
  t.same(await found(staff, { q: 'lin' }), ['Zoe Lin', 'Ann Lindqvist', 'Línus Zorn', 'Abe', 'Carolin Abel'])
  t.same(await found(staff, { q: 'li' }), ['Ann Lindqvist', 'Línus Zorn', 'Zoe Lin'])
  t.same(await found(staff, { q: 'lin zo' }), ['Línus Zorn', 'Zoe Lin'])
  t.same(await found(staff, { q: 'lin@' }), ['Abe'])
})

t.test('the order is as nobody chose another: no column says that it sorts, and the address stays short', async (t) => {
  const page = await staff.get('/customers?q=lin')
  t.notMatch(page.body, /aria-sort="(a|de)scending"/)
  t.equal(linkNamed(page.body, 'Name'), '/customers?q=lin&sort=name')
  const byName = await staff.get('/customers?q=lin&sort=name')
  t.match(byName.body, /aria-sort="ascending">\s*<a[^>]*>Name/)
  t.equal(linkNamed(byName.body, 'Name'), '/customers?q=lin&sort=name&dir=desc')
  t.match(byName.body, '<input type="hidden" name="sort" value="name">', 'and is kept for the next search')
  t.match((await staff.get('/customers?q=&sort=name')).headers, { location: '/customers' }, 'without one it goes')
  const picker = await staff.get(`/groups/${vip}/add?q=lin`)
  t.same(
    column(picker.body, 1).map((name) => name.split(' ')[0]),
    ['Zoe', 'Ann', 'Línus', 'Abe', 'Carolin']
  )
})

t.test('what was met is marked, and escaped', async (t) => {
  await addCustomer(em, { firstName: 'Tim <b>', lastName: '& Söhne', phone: '+12065550177', email: 'tim@example.com' })
  const byName = (await staff.get('/customers?q=%3Cb%3E+soh')).body
  t.match(byName, 'Tim <mark>&lt;b&gt;</mark> &amp; <mark>Söh</mark>ne</a>')
  t.match((await staff.get('/customers?q=0177')).body, '(206) 555-<mark>0177</mark>')
  t.match((await staff.get('/customers?q=tim%40')).body, '<mark>tim@</mark>example.com')
  t.notMatch((await staff.get('/customers')).body, '<mark>')
})

t.test('the best 200 are listed, and all of them by name', async (t) => {
  await addCustomers(
    em,
    Array.from({ length: 230 }, (_, at) => `Crowd${String(at).padStart(3, '0')}`)
  )
  await addCustomer(em, { firstName: 'Zz', lastName: 'Crowd' })
  const first = await staff.get('/customers?q=crowd')
  t.match(words(first.body), '200 best matches of 231. Sort by name to see them all. 1 to 25 of 200')
  t.equal(linkNamed(first.body, 'Sort by name'), '/customers?q=crowd&sort=name')
  const { forward, back } = await followPages(staff, '/customers?q=crowd')
  t.same(
    forward.map(({ length }) => length),
    Array.from({ length: 8 }, () => 25)
  )
  t.equal(forward[0]?.[0], 'Zz Crowd')
  t.equal(new Set(forward.flat()).size, 200)
  t.same(back, forward.slice(0, -1))
  const all = await followPages(staff, '/customers?q=crowd&sort=name')
  t.equal(all.forward.flat().length, 231)
  t.notMatch(words((await staff.get('/customers?q=crowd&sort=name')).body), 'best matches of')
  const picker = (await manager.get(`/groups/${vip}/add?q=crowd`)).body
  t.match(words(picker), 'All Pages (231)', 'which takes everybody')
  t.match(picker, /name="do" value="\?q=crowd&amp;sort=name[^"]*">Sort by name/)
  t.equal((await manager.get('/customers.csv?q=crowd')).body.trim().split('\n').length, 232)
  t.equal((await staff.get('/customers?q=crowd&after=x')).statusCode, 400)
  const kept = await staff.get(`/customers?q=crowd&after=${Buffer.from('["Ann",1]').toString('base64url')}`)
  t.match(words(kept.body), ' 1 to 25 of 200', 'a place among names was kept from when they came by name')
})

t.test('of many, rank after rank is filled with the same people', async (t) => {
  const calendar = { today: '2026-03-02', timeZone: 'America/New_York' }
  const addColumns: AddColumns<RowKey> = (keys) => keys
  for (const q of ['crowd', 'crowd01', 'cr', 'lin', 'zz', '206', '0186', '55', '555', 'o e']) {
    for (const within of [[], [{ groupId: vip, isList: false, size: 1 }]]) {
      const query = {
        within,
        except: [1],
        everyone: 1000,
        conditions: conditionsOf(CustomerFilter.from({ q }), calendar, null)
      }
      const ids = async (limits?: typeof LIMITS, place = {}) =>
        (await findBestMatches(em, query, q, place, addColumns, limits)).rows.map(
          ({ id, sortValue }) => `${id} ${sortValue}`
        )
      const few = await ids()
      for (const limits of [
        { counted: 0, scanned: 5, sorted: 50_000 },
        { counted: 0, scanned: 5, sorted: 3 }
      ]) {
        if (few.length) t.same(await ids(limits), few, `${q} in ${within.length} groups`)
        const [, , third] = few
        if (!third) continue
        const [id, value] = third.split(' ')
        const cursor = Buffer.from(JSON.stringify([value, Number(id)])).toString('base64url')
        for (const place of [{ after: cursor }, { before: cursor }])
          t.same(await ids(limits, place), await ids(undefined, place), `${q} ${Object.keys(place)}`)
      }
    }
  }
})
