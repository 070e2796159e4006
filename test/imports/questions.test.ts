import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { testApp, words } from '../helper.ts'
import { addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, lines, say } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const group = await addGroup(em, 'Asked')

t.test('a column that is not known is asked about, with a guess', async (t) => {
  const asked = await checkFile(shop, manager, group, 'Kunde;Tel;Shoe size\nJosé;206 555 0131;42\n')
  t.equal(asked.file.state, 'asking-columns')
  t.match(asked.page, /<option value="firstName" selected>/)
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
  t.match(words(asked.page), 'The day first Row 2 is Aug 7, 1990')
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
  t.match(words(page), 'The dates in this file are read as month first, then the day.')
})

t.test('an answer given twice counts once', async (t) => {
  const asked = await checkFile(shop, manager, group, lines(born('07/08/1990', 9)))
  await say(shop, manager, asked.path, { order: 'day' }, 'dates')
  const { file } = await say(shop, manager, asked.path, { order: 'month' }, 'dates')
  t.equal(file.isDayFirst, true)
})
