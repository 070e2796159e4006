import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { type Client, type Form, NOW, testApp, words } from '../helper.ts'
import { doJobs } from '../jobs.ts'
import { addCustomer, addGroup } from '../shop.ts'
import { add, bucketsOf, checkFile, driftOf, lines, standing } from './helper.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const staff = await shop.as('staff')

const [FIRST, LAST, PHONE, EMAIL, BORN, GENDER] = [0, 1, 2, 3, 4, 5]
const PART = { 'hx-request': 'true', 'hx-request-type': 'partial' }
let groups = 0
const check = async (...file: string[]) =>
  checkFile(shop, manager, await addGroup(em, `Mended ${++groups}`), lines(...file))
const plan = async (path: string) => bucketsOf((await standing(shop, manager, path)).file.plan)
const flashOf = (answer: Awaited<ReturnType<Client['post']>>) =>
  JSON.parse(
    Buffer.from(answer.cookies.find(({ name }) => name === 'flash')?.value ?? '', 'base64url').toString() || '{}'
  ).text

async function mend(path: string, number: number, cells: Record<number, string>, ...all: number[]) {
  const typed = Object.entries(cells).map(([column, value]) => [`cell-${column}`, value])
  return manager.post(
    `${path}/rows/${number}`,
    Object.fromEntries([...typed, ...all.map((column) => [`all-${column}`, 'true'])])
  )
}

t.test('a wrong cell is mended in its row, and the buckets follow in the same response', async (t) => {
  const { path, page } = await check(
    ',Lee,,lee@example.org,,,',
    'Ann,May,12,,,,',
    'Bo,Day,,bo@example.org,31/31/1990,,'
  )
  t.match(page, `<form class="mend" id="mend-3" method="post" autocomplete="off" action="${path}/rows/3"`)
  t.match(page, /<input type="text" id="cell-3-2" name="cell-2" value="12" aria-invalid="true"/)
  t.match(page, /<input type="text" id="cell-3-3" name="cell-3" value=""/, 'an e-mail does as well as a phone')
  t.same(await plan(path), { wrong: 3 })

  const first = await manager.post(`${path}/rows/2`, { 'cell-0': 'Lea', at: 'plan' }, PART)
  t.equal(first.statusCode, 200)
  t.match(first.body, /^<div id="import"/, 'htmx gets the part of the page')
  t.match(words(first.body), 'Row 2 was corrected. This customer will be created.')
  t.match(words(first.body), 'Will be created 1 Have errors 2')
  t.match(first.body, 'Add 1 Customer<')
  t.notMatch(first.body, 'id="row-2"')

  const second = await manager.post(`${path}/rows/4`, { [`cell-${BORN}`]: '1990-12-31', at: 0 }, PART)
  t.match(second.body, /^<div id="rows"/)
  t.match(words(second.body), 'Of 3 rows: 2 will be created, 1 with errors.')

  const plain = await mend(path, 3, { [PHONE]: '', [EMAIL]: 'may@example.org' })
  t.equal(plain.headers.location, path, 'without JavaScript the page comes anew')
  t.equal(flashOf(plain), 'Row 3 was corrected. This customer will be created.')
  t.same(await plan(path), { create: 3 })
  await add(shop, manager, path)
  t.same(
    await rows(
      em,
      sql`select name, email, phone, birth_date from customer where email in ('lee@example.org', 'may@example.org', 'bo@example.org') order by name`
    ),
    [
      { name: 'Ann May', email: 'may@example.org', phone: null, birth_date: null },
      { name: 'Bo Day', email: 'bo@example.org', phone: null, birth_date: '1990-12-31' },
      { name: 'Lea Lee', email: 'lee@example.org', phone: null, birth_date: null }
    ]
  )
})

t.test('a cell mended to something else that is wrong gets its sentence and keeps what was typed', async (t) => {
  const { path } = await check('Ann,May,12,,,,')
  const tries = [
    ['34', 'Enter a phone number that exists'],
    ['1'.repeat(41), 'The phone must have at most 40 characters.'],
    ['a\0b', 'This cell has characters that can’t be read. Type it again.'],
    ['<script>alert(1)</script>', 'Enter a phone number that exists'],
    ["'; drop table customer; --", 'Enter a phone number that exists'],
    ['9'.repeat(400), 'The phone must have at most 40 characters.'],
    ['\u202e5550', 'Enter a phone number that exists']
  ]
  for (const [typed = '', sentence = ''] of tries) {
    const answer = await manager.post(`${path}/rows/2`, { 'cell-2': typed, at: 'plan' }, PART)
    t.match(words(answer.body), 'Row 2 still has an error.', typed)
    t.match(words(answer.body), sentence, typed)
    t.notMatch(answer.body, '<script>')
    if (/^[\d]+$/.test(typed)) t.match(answer.body, `name="cell-2" value="${typed}"`)
  }
  const long = await manager.post(`${path}/rows/2`, { 'cell-2': 'x'.repeat(501) }, PART)
  t.equal(long.statusCode, 422)
  t.match(words(long.body), 'Enter at most 500 characters. Nothing was changed.')
  t.match(long.body, 'x'.repeat(501), 'what was typed stays')
  t.same(await plan(path), { wrong: 1 })
  const file = await manager.get(`${path}/errors.csv`)
  t.match(file.body, 'Ann,May,\u202e5550', 'the file of errors has what was typed last')
})

t.test('the same for all rows like it, at once', async (t) => {
  const people = Array.from(
    { length: 312 },
    (_, n) => `Guest,${n},,all${n}@example.org,,${n % 2 ? 'femal' : 'purple'},`
  )
  const { path, page } = await check(
    ...people,
    'No,Contact,none,,,,',
    'Has,Mail,none,mail.all@example.org,,,',
    ',X,none,x.all@example.org,,,'
  )
  t.match(words(page), 'Change all 156 rows like this')
  const answer = await mend(path, 3, { [GENDER]: 'F' }, GENDER)
  t.equal(flashOf(answer), '156 rows were corrected.')
  t.same(await plan(path), { create: 156, wrong: 159 })
  t.equal(
    flashOf(await mend(path, 2, { [GENDER]: '' })),
    'Row 2 was corrected. This customer will be created.',
    'or in one row alone'
  )
  t.equal(flashOf(await mend(path, 2, { [GENDER]: 'F' })), 'Row 2 no longer has errors. Nothing was changed.')
  t.same(await plan(path), { create: 157, wrong: 158 })
  t.equal(flashOf(await mend(path, 314, { [PHONE]: '' }, PHONE)), '1 of 3 rows was corrected. 2 still have errors.')
  const { page: rest } = await standing(shop, manager, `${path}`)
  t.notMatch(words(rest), 'none')
  t.match(
    words((await manager.get(`${path}/errors?after=300`)).body),
    'Enter a phone number or an e-mail address: one of the two.'
  )
})

t.test('duplicates within the file and customers who match are looked at anew, both ways', async (t) => {
  const one = await addCustomer(em, { firstName: 'Una', lastName: 'One', phone: '+12065557001', email: null })
  await addCustomer(em, { firstName: 'Tia', lastName: 'Two', email: 'tia.two@example.org' })
  const { path, page } = await check(
    'Una,One,206 555 7001,tia.two@example.org,,,',
    'Ann,A,206 555 7002,,,,',
    'Bo,B,206 555 7002,,,,',
    'Una,One,206 555 7001,,,,',
    'Cy,C,12,,,,'
  )
  t.match(words(page), 'The phone belongs to one customer and the e-mail to another.')
  t.same(await plan(path), { create: 1, wrong: 4 }, 'row 5 has the phone of row 2')
  await mend(path, 2, { [PHONE]: '206 555 7003', [EMAIL]: '' })
  t.same(await plan(path), { create: 2, add: 1, wrong: 2 }, 'now row 5 is who has that phone')
  await mend(path, 6, { [PHONE]: '206 555 7001' })
  t.match(words((await standing(shop, manager, path)).page), 'Row 5 has the same phone.')
  await mend(path, 4, { [PHONE]: '206 555 7004' })
  t.same(await plan(path), { create: 3, add: 1, wrong: 1 })
  const done = await add(shop, manager, path)
  t.same(bucketsOf(done.file.plan), { create: 3, add: 1, wrong: 1 })
  t.ok(one)
  t.same(await driftOf(shop), [])
})

t.test('a row mended while somebody else imports the same person is told at Add Customers', async (t) => {
  const { path } = await check('Ann,Raced,12,,,,')
  const other = await check('Ann,Raced,206 555 7010,,,,')
  await mend(path, 2, { [PHONE]: '206 555 7010' })
  t.same(await plan(path), { create: 1 })
  await add(shop, manager, other.path)
  const done = await add(shop, manager, path)
  t.match(words(done.page), '1 row planned as “created” ended as “moved”')
  t.equal((await rows(em, sql`select from customer where phone = '+12065557010'`)).length, 1)
  const late = await mend(path, 2, { [PHONE]: '206 555 7011' })
  t.equal(late.statusCode, 409)
  t.match(words(late.body), 'so its plan can no longer be changed')
})

t.test('a plan that is mended cell by cell is the plan of the mended file', async (t) => {
  for (const [n, phone] of ['7101', '7102', '7103'].entries())
    await addCustomer(em, {
      firstName: `Known${n}`,
      lastName: 'Same',
      phone: `+1206555${phone}`,
      email: `known${n}.same@example.org`
    })
  const values = {
    [PHONE]: ['206 555 7101', '206 555 7102', '206 555 7103', '206 555 7104', '12', '', '206 555 7105'],
    [EMAIL]: [
      'known0.same@example.org',
      'known1.same@example.org',
      'new.same@example.org',
      'x',
      '',
      'other.same@example.org'
    ],
    [FIRST]: ['Known', '', 'Wei', 'Known1', 'Ann'],
    [LAST]: ['Same', 'Zhang', '', 'Lee'],
    [BORN]: ['1990-02-03', '31/31/1990', '', '45']
  }
  let seed = 7
  const pick = <Value>(list: Value[]): Value => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return list[Math.floor((seed / 2_147_483_648) * list.length)] as Value
  }
  const file = Array.from({ length: 30 }, () =>
    [FIRST, LAST, PHONE, EMAIL, BORN].map((column) => pick(values[column] ?? ['']))
  )
  const { path } = await check(...file.map((cells) => `${cells.join(',')},,`))
  const id = Number(path.split('/').at(-1))
  for (let step = 0; step < 25; step++) {
    const wrong = await rows(
      em,
      sql<{ number: number; columns: (number | null)[] }>`
      select number, array(select (value ->> 'column')::int from jsonb_array_elements(wrong)) as columns
      from import_error where import_id = ${id} order by number`
    )
    if (!wrong.length) break
    const { number, columns } = pick(wrong)
    const column = pick([...columns.map((one) => one ?? PHONE), PHONE, EMAIL])
    await mend(path, number, { [column]: pick(values[column] ?? ['']) }, ...(pick([true, false]) ? [column] : []))
  }
  const cells = await rows(
    em,
    sql<{ cells: string[] }>`select cells from import_row where import_id = ${id} order by number`
  )
  const again = await check(...cells.map(({ cells }) => cells.slice(0, 7).join(',')))
  const asPlanned = (path: string) =>
    rows(
      em,
      sql`
    select number, bucket, customer_id, is_different, if_ticked, (select json_agg(value -> 'message') from import_error error
      cross join lateral jsonb_array_elements(wrong) where error.import_id = found.import_id and error.number = found.number) as wrong
    from import_match found where import_id = ${Number(path.split('/').at(-1))} order by number`
    )
  t.same(await asPlanned(path), await asPlanned(again.path))
  t.same(await plan(path), await plan(again.path))
})

t.test('very many are checked again by a job, and ticks stay', async (t) => {
  await addCustomer(em, { firstName: 'Olga', lastName: 'Petrova', phone: '+12065557201', email: null })
  const people = Array.from({ length: 2_500 }, (_, n) => `Guest,${n},,job${n}@example.org,,femal,`)
  const { path } = await check('Wei,Zhang,206 555 7201,,,,', ...people)
  await manager.post(`${path}/strangers`, { do: 'all' })
  const answer = await mend(path, 3, { [GENDER]: 'F' }, GENDER)
  t.equal(flashOf(answer), '2,500 rows were changed and are being checked again.')
  await doJobs(shop, NOW)
  t.same(await plan(path), { create: 2_500, add: 1 })
})

t.test('mending is for managers, and of what is not there nothing is changed', async (t) => {
  const { path } = await check('Ann,May,12,,,,')
  t.equal((await staff.post(`${path}/rows/2`, { 'cell-2': '' })).statusCode, 403)
  t.equal((await shop.anonymous.post(`${path}/rows/2`, { 'cell-2': '' })).statusCode, 401)
  t.equal((await manager.post('/imports/999/rows/2', { 'cell-2': '' })).statusCode, 404)
  t.equal((await manager.post(`${path}/rows/x`, { 'cell-2': '' })).statusCode, 404)
  const forms: Form[] = [
    {},
    { 'cell-99': 'x' },
    { 'cell-2': ['1', '2'] },
    { 'cell-2': '12' },
    { 'cell-0': 'Else' },
    { at: 'x'.repeat(9_000) }
  ]
  for (const form of forms) t.equal((await manager.post(`${path}/rows/2`, form)).statusCode, 303)
  t.equal((await manager.post(`${path}/rows/99999999999999999999`)).statusCode, 404)
  t.equal((await manager.post(`${path}/rows/77`, { 'cell-2': 'x' })).statusCode, 303)
  t.same(
    await row(em, sql`select first_name, phone from import_row where import_id = ${Number(path.split('/').at(-1))}`),
    { first_name: 'Ann', phone: null }
  )
})
