import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, lines, say } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Asked')

t.test('a column that is not known is asked about, with a guess', async (t) => {
  const asked = await checkFile(shop, manager, group, 'Kunde;Tel;Shoe size\nJosé;206 555 0131;42\n')
  t.equal(asked.file.state, 'asking-columns')
  t.match(asked.page, /<option value="firstLast" selected>/)
  t.match(words(asked.page), 'For example: 206 555 0131')

  const refused = await manager.post(`${asked.path}/columns`, { 'column-0': 'phone', 'column-1': 'phone' })
  t.equal(refused.statusCode, 422)
  t.match(refused.body, 'class="error-summary"')
  t.match(refused.body, /<option value="phone" selected>/, 'what was chosen stays')

  const answer = { 'column-0': 'firstName', 'column-1': 'phone', 'column-2': '' }
  const { file, path } = await say(shop, manager, asked.path, answer, 'columns')
  t.same(bucketsOf(file.plan), { create: 1 })
  t.same(file.samples, [], 'what was shown of its rows is forgotten')
  await add(shop, manager, path)
  t.same(await rows(em, sql`select name, phone from customer where phone = '+12065550131'`), [
    { name: 'José', phone: '+12065550131' }
  ])
})

const born = (date: string, n: number) => `Dee ${n},Dates,,dates${n}@example.org,${date},,`

t.test('dates that can be read in two ways are asked about once, for the whole file', async (t) => {
  const text = lines(born('07/08/1990', 1), born('05.06.1991', 2), born('1992-03-04', 3))
  const asked = await checkFile(shop, manager, group, text)
  t.equal(asked.file.state, 'asking-dates')
  t.match(words(asked.page), 'Day first Row 2 would be Aug 7, 1990')
  t.equal((await manager.post(`${asked.path}/dates`)).statusCode, 422)
  const { path } = await say(shop, manager, asked.path, { order: 'day' }, 'dates')
  await add(shop, manager, path)
  t.same(await rows(em, sql`select birth_date from customer where email like 'dates%' order by email`), [
    { birth_date: '1990-08-07' },
    { birth_date: '1991-06-05' },
    { birth_date: '1992-03-04' }
  ])
})

t.test('one date that leaves no doubt settles all others', async (t) => {
  const { file } = await checkFile(shop, manager, group, lines(born('07/08/1990', 4), born('12/25/1990', 5)))
  t.equal(file.state, 'planned')
  t.equal(file.isDayFirst, false)
})

t.test('a file that mixes both is asked about, and says which rows don’t fit', async (t) => {
  const text = lines(born('25/12/1990', 6), born('12/25/1990', 7), born('13/13/1990', 8))
  const asked = await checkFile(shop, manager, group, text)
  t.equal(asked.file.state, 'asking-dates')
  const { file, page } = await say(shop, manager, asked.path, { order: 'month' }, 'dates')
  t.same(bucketsOf(file.plan), { create: 1, wrong: 2 })
  t.match(words(page), 'Dates in this file are read with the month first.')
})

t.test('an answer given twice counts once', async (t) => {
  const asked = await checkFile(shop, manager, group, lines(born('07/08/1990', 9)))
  await say(shop, manager, asked.path, { order: 'day' }, 'dates')
  const { file } = await say(shop, manager, asked.path, { order: 'month' }, 'dates')
  t.equal(file.isDayFirst, true)
})

t.test('the plan shows what each column was read as, and names those that are not used', async (t) => {
  const text = 'Full name,Tel,Group,DOB,Lists\nAna Maria Bell,206 555 0170,VIP,1990-02-03,x\nBo,206 555 0171,,,\n'
  const { file, page } = await checkFile(shop, manager, group, text)
  t.equal(file.state, 'planned', 'without a question')
  t.match(words(page), 'Full name First name + last name Ana + Maria Bell; Bo Tel Phone (206) 555-0170; (206) 555-0171')
  t.match(words(page), 'Group Not imported VIP DOB Birth date Feb 3, 1990 Lists Not imported x')
  t.notMatch(page, 'Dates were read', 'nothing can be read in two ways')
})

t.test('a plan says how dates were read, and reads them the other way as often as one likes', async (t) => {
  const text = lines(born('07/08/1990', 20), born('25/12/1979', 21), born('13/04/1980', 22))
  const { path, page } = await checkFile(shop, manager, group, text)
  t.match(words(page), 'Dates were read with the day first, as 25/12/1979 in row 3 shows.')
  t.match(words(page), 'With the month first, 2 rows would have errors.')
  const other = await say(shop, manager, path, { dates: 'month' }, 'reading')
  t.same(bucketsOf(other.file.plan), { create: 1, wrong: 2 }, 'as was said')
  t.match(
    words(other.page),
    'Dates were read with the month first: 07/08/1990 in row 2 is Jul 8, 1990. Read dates with the day first'
  )
  const back = await say(shop, manager, path, { dates: 'day' }, 'reading')
  t.same(bucketsOf(back.file.plan), { create: 3 })
  await say(shop, manager, path, { dates: 'neither' }, 'reading')
  await add(shop, manager, path)
  t.same(await rows(em, sql`select birth_date from customer where email = 'dates20@example.org'`), [
    { birth_date: '1990-08-07' }
  ])
  t.equal((await manager.post(`${path}/reading`, { dates: 'month' })).statusCode, 409, 'not once it was carried out')
})

t.test('whole names can be read in the other order, but for what a comma or a single word decides', async (t) => {
  const people = ['Bell Ana', 'Cher', '"Moss, Kate"', 'Lee Chan Ho']
  const text = ['Name,Email', ...people.map((name, n) => `${name},whole${n}@example.org`)].join('\n')
  const { path, page } = await checkFile(shop, manager, group, text)
  t.match(
    words(page),
    'Check how names were read. Some names in this file have a comma after the last name, and some don’t.'
  )
  t.match(words(page), /“ ?Lee Chan Ho ?” in row 5 has the first name Lee and the last name Chan Ho/)
  const other = await say(shop, manager, path, { names: 'lastFirst' }, 'reading')
  t.notMatch(other.page, 'Check how names were read', 'somebody has chosen')
  t.match(words(other.page), /“ ?Bell Ana ?” in row 2 has the first name Ana and the last name Bell/)
  await say(shop, manager, path, { names: 'lastFirst' }, 'reading')
  await add(shop, manager, path)
  t.same(await rows(em, sql`select first_name, last_name from customer where email like 'whole%' order by email`), [
    { first_name: 'Ana', last_name: 'Bell' },
    { first_name: 'Cher', last_name: '' },
    { first_name: 'Kate', last_name: 'Moss' },
    { first_name: 'Chan Ho', last_name: 'Lee' }
  ])
})

t.test('customers who are named the other way round speak for the other order', async (t) => {
  await addCustomer(em, { firstName: 'Ana', lastName: 'Bell', email: 'known.order@example.org' })
  const text = 'Name,Email\nBell Ána,known.order@example.org\nMoss Kate,kate.order@example.org\n'
  const { page } = await checkFile(shop, manager, group, text)
  t.match(words(page), 'Check how names were read. 1 of your customers has their name the other way around.')
  const usual = await checkFile(shop, manager, group, 'Name,Email\nAna Bell,usual.order@example.org\n')
  t.notMatch(usual.page, 'Check how names were read')
  t.match(
    words(usual.page),
    /1 name was read with the first name first: “ ?Ana Bell ?” in row 2 has the first name Ana and the last name Bell/
  )
})
