import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { column, fieldValue, flashOf, linkNamed } from '../page.ts'
import { openPicker } from '../picker.ts'
import { addCustomers, addGroup, addList, groupsOf, join } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const [staff, manager] = [await shop.as('staff'), await shop.as('manager')]
const names = Array.from({ length: 60 }, (_, index) => `Crowd ${String(index).padStart(2, '0')}`)
const crowd = await addCustomers(em, names, { location: 'Oslo' })
const [zoe = 0, zach = 0] = await addCustomers(em, ['Zoe', 'Zach'], { location: 'Bergen' })

const firstName = (cell: string) => /^(Crowd \d+|\w+)/.exec(cell)?.[0] ?? ''
const members = (list: number) => count(em, sql`select count(*)::int as n from membership where group_id = ${list}`)
const selected = (body: string) => /\b([\d,]+) selected\b/.exec(words(body))?.[1]

t.test('ticks last while one pages, searches and filters, and can be seen and cleared', async (t) => {
  const list = await addList(em, 'Lasting')
  const page = await openPicker(manager, `/groups/${list}/add?q=crowd`)
  t.match(words(page.body), '0 selected')
  page.tick(crowd[0] ?? 0, crowd[3] ?? 0)
  await page.pressNamed('Next')
  t.equal(selected(page.body), '2')
  t.match(column(page.body, 1)[0], /^Crowd 25/)
  page.tick(crowd[30] ?? 0)
  await page.press('find', { q: 'zoe' })
  t.equal(selected(page.body), '3')
  t.match(column(page.body, 1), [/^Zoe/])
  page.tick(zoe)
  await page.press('find', { q: '', location: 'Oslo' })
  t.equal(selected(page.body), '4')
  t.match(words(page.body), 'Location: Oslo')
  t.same(page.ticked, [crowd[0], crowd[3]], 'as before')
  page.untick(crowd[3] ?? 0)
  await page.press('find', { q: 'zoe', 'age-from': 'x' })
  t.match(words(page.body), 'Age must be a whole number')
  t.equal(selected(page.body), '3', 'a filter that can’t be read loses no tick')
  await page.pressNamed('Clear')
  t.equal(selected(page.body), '0')
  t.same(page.ticked, [])
  t.equal(await members(list), 0)
})

t.test('This Page, and All Pages but for some, whatever is looked at afterwards', async (t) => {
  const list = await addList(em, 'Paged')
  const page = await openPicker(manager, `/groups/${list}/add?q=crowd`)
  t.match(words(page.body), 'This Page (25)')
  t.match(words(page.body), 'All Pages (60)')
  await page.press('page')
  t.equal(selected(page.body), '25')
  t.equal(page.ticked.length, 25)
  await page.press('all')
  t.match(words(page.body), '60 selected (all 60 that match)')
  page.untick(crowd[1] ?? 0, crowd[2] ?? 0)
  await page.pressNamed('Next')
  t.match(words(page.body), '58 selected (all 60 that match, minus 2)')
  t.equal(page.ticked.length, 25, 'the other pages are ticked')
  await page.press('find', { q: 'z' })
  t.match(words(page.body), '58 selected (all 60 of an earlier filter, minus 2)', 'not of the one that is shown')
  page.tick(zach)
  await page.press('find', { q: 'crowd' })
  t.match(words(page.body), '59 selected (all 60 that match, minus 2, plus 1)')
  t.notOk(page.ticked.includes(crowd[1] ?? 0), 'who was un-ticked stays out')
  t.match(words(page.body), 'Add 59 to Group')
  await addCustomers(em, ['Crowd 99'])
  const added = await page.press('go')
  t.equal(added.headers.location, `/groups/${list}/customers`)
  t.equal(flashOf(manager), '59 customers added to Paged.', 'who came later was on none of those pages')
  t.equal(await members(list), 59)
  const kept = sql<{ n: number }>`
    select count(*)::int as n from selection left join selection_tick on selection_id = id
    where id = ${fieldValue(page.body, 'selection')} and (filter is not null or customer_id is not null)
  `
  t.equal(await count(em, kept), 0, 'who was searched for is not kept any longer than needed')
  const again = await page.press('go')
  t.equal(again.headers.location, added.headers.location, 'a double click is shown the first result')
  t.equal(await members(list), 59)
  t.match(
    words((await manager.get(`/groups/${list}/add?selection=${fieldValue(page.body, 'selection')}`)).body),
    '0 selected'
  )
})

t.test('those who are selected are shown alone, un-ticked there one by one, and one is led back', async (t) => {
  const list = await addList(em, 'Shown')
  const page = await openPicker(manager, `/groups/${list}/add?q=crowd&sort=location`)
  page.tick(crowd[0] ?? 0, crowd[3] ?? 0)
  await page.press('find', { q: 'z', sort: 'location' })
  page.tick(zoe)
  await page.press('find', { q: 'zach', sort: 'location' })
  t.same(page.ticked, [], 'after searching on, they are but a number')
  await page.pressNamed('Show selected')
  t.same(column(page.body, 1).map(firstName), ['Zoe', 'Crowd 00', 'Crowd 03'], 'in the order of the list')
  t.same(page.ticked, [crowd[0], crowd[3], zoe])
  t.match(words(page.body), '1 to 3 of 3')
  t.notMatch(words(page.body), 'All Pages')
  await page.press('find', { q: 'crowd' })
  t.same(column(page.body, 1).map(firstName), ['Crowd 00', 'Crowd 03'], 'searched among them')
  await page.press('find', { q: '' })
  page.untick(crowd[3] ?? 0)
  await page.pressNamed('Location')
  t.same(column(page.body, 1).map(firstName).sort(), ['Crowd 00', 'Zoe'])
  t.match(words(page.body), '2 selected')
  await page.press('all')
  t.match(words(page.body), '2 selected', 'they are all of them already')
  await page.pressNamed('Selected only')
  t.same(column(page.body, 1).map(firstName), ['Zach'], 'back where one searched')
  await page.pressNamed('Show selected')
  await page.pressNamed('Clear')
  t.match(words(page.body), 'No customers selected Tick customers in the list to see them here. Back to the list')
  t.match(linkNamed(page.body, 'Back to the list'), `/groups/${list}/add?q=zach`)
  for (const from of ['https://evil.example', '?q=%00', '?after=x', 'x'.repeat(5_000), '?selection=1&sure=ask'])
    t.equal((await manager.get(`/groups/${list}/add?selected=show&from=${encodeURIComponent(from)}`)).statusCode, 200)
})

t.test('those who are selected are shown page by page, of All Pages but for some and beside others too', async (t) => {
  const list = await addList(em, 'Shown all')
  const page = await openPicker(manager, `/groups/${list}/add?q=crowd`)
  await page.press('all')
  page.untick(crowd[1] ?? 0, crowd[2] ?? 0)
  await page.pressNamed('Next')
  await page.press('find', { q: 'z' })
  page.tick(zoe, zach)
  await page.pressNamed('Show selected')
  const hasButton = (label: string) => new RegExp(`<button [^>]*>${label}</button>`).test(page.body)
  const expected = [...names.filter((_, at) => at !== 1 && at !== 2), 'Crowd 99', 'Zach', 'Zoe']
  for (const [button, sorted] of [
    ['Name', expected.toReversed()],
    ['Name', expected]
  ] as const) {
    await page.pressNamed(button)
    const forward: string[] = []
    for (;;) {
      forward.push(...column(page.body, 1).map(firstName))
      t.match(words(page.body), /of 61\b/)
      if (!hasButton('Next')) break
      await page.pressNamed('Next')
    }
    t.same(forward, sorted, 'each once')
    const back: string[] = []
    while (hasButton('Previous')) {
      await page.pressNamed('Previous')
      back.unshift(...column(page.body, 1).map(firstName))
    }
    t.same(back, sorted.slice(0, 50))
  }
  await page.press('find', { location: 'Bergen' })
  t.same(column(page.body, 1).map(firstName), ['Zach', 'Zoe'])
  page.untick(zoe)
  await page.press('go')
  t.equal(flashOf(manager), '60 customers added to Shown all.')
})

t.test(
  'a filter that can’t be read shows nobody, and All Pages selects nobody by the half of it that can',
  async (t) => {
    const list = await addList(em, 'Unread')
    for (const wrong of [
      'age-from=60&age-to=20',
      'spent-from=lots',
      'group=Nobody%E2%80%99s',
      'spent-from=lots&selected=show'
    ]) {
      const page = await openPicker(manager, `/groups/${list}/add?${wrong}`)
      t.match(words(page.body), 'Correct the filter to see customers')
      t.same(column(page.body), [])
      t.notMatch(page.body, 'All Pages')
      if (wrong.endsWith('show')) continue
      t.equal((await page.press('all')).statusCode, 422, wrong)
      t.match(words(page.body), 'Correct the filter first. All Pages selected no one.')
      t.match(words(page.body), '0 selected')
    }
    const page = await openPicker(manager, `/groups/${list}/add`)
    await page.press('find', { q: 'crowd', 'spent-to': '$3,000.00' })
    await page.press('all')
    t.match(words(page.body), '61 selected (all 61 that match)', 'an amount is read as it is written on the screen')
  }
)

t.test('whoever was selected of the list without a filter is not taken for the filter shown', async (t) => {
  const page = await openPicker(manager, `/groups/${await addList(em, 'Whole')}/add`)
  await page.press('all')
  t.match(words(page.body), /(\d+) selected \(all \1 that match\)/)
  await page.press('find', { q: 'crowd' })
  t.match(words(page.body), /(\d+) selected \(all \1 of the list without a filter\)/)
  const bar = await manager.post(
    String(/action="([^"]*add)"/.exec(page.body)?.[1]),
    { selection: fieldValue(page.body, 'selection') ?? '', at: fieldValue(page.body, 'at') ?? '', do: 'tick' },
    { 'hx-request': 'true', 'hx-request-type': 'partial' }
  )
  t.match(words(bar.body), 'of the list without a filter', 'nor where a tick is counted')
  await page.press('find', { q: '' })
  t.match(words(page.body), 'that match')
})

t.test('people who are there already are hidden until they are asked for', async (t) => {
  const list = await addList(em, 'Half full')
  await join(em, list, crowd.slice(0, 58))
  const page = await openPicker(manager, `/groups/${list}/add?q=crowd`)
  t.same(
    column(page.body, 1).map((name) => name.slice(0, 8)),
    ['Crowd 58', 'Crowd 59', 'Crowd 99']
  )
  await page.pressNamed('Show customers already in Half full')
  t.match(words(page.body), 'already here')
  t.match(words(page.body), 'All Pages (61)')
  await page.press('all')
  await page.press('go')
  t.equal(flashOf(manager), '3 customers added to Half full. 58 customers were already in Half full.')
})

t.test('an effect on primary groups is named before, and the numbers add up after', async (t) => {
  const [target, trade, vip] = [await addGroup(em, 'Target'), await addGroup(em, 'Trade'), await addGroup(em, 'VIP')]
  const moving = await addCustomers(em, ['Mova', 'Movb', 'Movc'], { group: trade })
  const [last = 0] = await addCustomers(em, ['Movd'], { group: vip })
  const [fresh = 0, gone = 0] = await addCustomers(em, ['Move', 'Movf'])
  await addCustomers(em, ['Movg'], { group: target })
  const page = await openPicker(manager, `/groups/${target}/add?q=mov&members=show`)
  t.match(words(page.body), /Mova .*? Trade/)
  await page.press('all')
  t.match(words(page.body), 'Add 7 to Group')
  const asked = await page.press('go')
  t.match(asked.headers.location, 'sure=ask')
  const question = words(page.body)
  t.match(question, 'Move 6 customers to Target?')
  t.match(
    question,
    '7 customers selected: 3 from Trade, 2 from Default, 1 from VIP, 1 already in Target.',
    'Default included'
  )
  t.match(page.body, /name="do" value="sure">Move 6 customers<\/button>/, 'the button says what it confirms')
  t.notMatch(page.body, 'class="bar"', 'where the first one was there is nothing')
  t.same(await groupsOf(em, last), ['VIP'], 'nothing has happened yet')
  await rows(em, sql`delete from customer where id = ${gone}`)
  await join(em, target, [fresh])
  await page.press('sure')
  t.equal(
    flashOf(manager),
    '4 customers moved to Target (3 from Trade, 1 from VIP). 2 customers were already in Target. ' +
      'You selected 7, but 1 was deleted or no longer matched.'
  )
  t.same(await groupsOf(em, moving[0] ?? 0), ['Target'])
  const spent = await manager.get(String(asked.headers.location))
  t.equal(spent.statusCode, 303, 'what is done is not asked again')
  t.notMatch(spent.headers.location, 'sure')
})

t.test('a question names the largest groups, and all of them add up', async (t) => {
  const target = await addGroup(em, 'Sum')
  const people: number[] = []
  for (let one = 0; one < 7; one++) {
    const group = await addGroup(em, `Part ${one}`)
    people.push(...(await addCustomers(em, Array(one < 2 ? 2 : 1).fill('Summand'), { group })))
  }
  const page = await openPicker(manager, `/groups/${target}/add?q=summand`)
  page.tick(...people)
  await page.press('go')
  t.match(
    words(page.body),
    '9 customers selected: 2 from Part 0, 2 from Part 1, 1 from Part 2, 1 from Part 3, 1 from Part 4, 2 from other groups.'
  )
  t.match(page.body, `href="/groups/${target}/add?q=summand&amp;selection=`)
})

t.test('Bulk Remove: to Default from a primary group, to nowhere from a list', async (t) => {
  const [group, list] = [await addGroup(em, 'Leaving'), await addList(em, 'Left')]
  const people = await addCustomers(em, ['Lea', 'Leb', 'Lec', 'Led'], { group, lists: [list] })
  const page = await openPicker(manager, `/groups/${group}/remove`)
  t.match(column(page.body, 1), [/^Lea/, /^Leb/, /^Lec/, /^Led/])
  await page.press('all')
  page.untick(people[3] ?? 0)
  await page.press('page')
  page.untick(people[3] ?? 0)
  await page.pressNamed('Remove')
  t.equal(flashOf(manager), '3 customers removed from Leaving and moved to Default.')
  t.same(await groupsOf(em, people[0] ?? 0), ['Default', 'Left'])
  const other = await openPicker(manager, `/groups/${list}/remove`)
  other.tick(...people)
  await rows(em, sql`delete from list_membership where customer_id = ${people[0]}`)
  await other.press('go')
  t.equal(flashOf(manager), '3 customers removed from Left. 1 customer was no longer in Left.')
  t.equal(await members(list), 0)
})

t.test('several tabs mean one selection, and each changes only what was changed in it', async (t) => {
  const list = await addList(em, 'Tabs')
  const first = await openPicker(manager, `/groups/${list}/add?q=crowd`)
  await first.press('none')
  const address = `/groups/${list}/add?q=crowd&selection=${fieldValue(first.body, 'selection')}`
  const second = await openPicker(manager, address)
  await second.press('all')
  first.tick(zoe)
  await first.pressNamed('Next')
  t.equal(selected(first.body), '62', 'boxes that were not touched un-tick nothing')
})

t.test('htmx: a tick swaps the bar alone, and the last word about a box counts', async (t) => {
  const list = await addList(em, 'Ticks')
  const part = { 'hx-request': 'true', 'hx-request-type': 'partial' }
  const selection = randomUUID()
  const shown = crowd.slice(0, 3).join(' ')
  const tick = async (form: object) =>
    words((await manager.post(`/groups/${list}/add`, { selection, shown, do: 'tick', ...form }, part)).body)
  t.match(await tick({ ids: [crowd[0]], touched: `${crowd[0]}` }), /^ ?1 selected Show selected Clear Add 1 to Group/)
  t.match(await tick({ ids: [crowd[0], crowd[1]], touched: `${crowd[0]} ${crowd[1]}` }), '2 selected')
  t.match(await tick({ ids: [crowd[1]], touched: `${crowd[0]} ${crowd[1]} ${crowd[0]}` }), '1 selected')
  t.match(await tick({ touched: `${crowd[0]} ${crowd[1]}` }), '0 selected')
  const page = await manager.post(`/groups/${list}/add`, { selection, shown, do: 'page' }, part)
  t.match(page.body.trim(), /^<div id="picker"/)
  t.match(page.headers['hx-replace-url'], selection)
})

t.test('a selection is its maker’s, for its group and its page', async (t) => {
  const [list, other] = [await addList(em, 'Mine'), await addList(em, 'Yours')]
  const page = await openPicker(manager, `/groups/${list}/add`)
  page.tick(zoe)
  await page.press('none')
  const selection = fieldValue(page.body, 'selection') ?? ''
  const admin = await shop.as('admin')
  for (const answer of [
    await admin.get(`/groups/${list}/add?selection=${selection}`),
    await admin.post(`/groups/${list}/add`, { selection, do: 'go' }),
    await manager.post(`/groups/${other}/add`, { selection, ids: zoe }),
    await manager.post(`/groups/${list}/remove`, { selection, ids: zoe })
  ]) {
    t.equal(answer.statusCode, 404)
    t.match(words(answer.body), 'This selection belongs to another page.')
  }
  t.equal(await members(list), 0)
  const plain = await manager.get(`/groups/${list}/add?selection=none`)
  t.equal(plain.statusCode, 200, 'what is no id names none')
})

t.test('staff put a few people into groups, and that is all', async (t) => {
  const list = await addList(em, 'By staff')
  const page = await openPicker(staff, `/groups/${list}/add?q=crowd`)
  t.notMatch(page.body, 'All Pages')
  t.equal((await page.press('all')).statusCode, 403)
  t.equal((await staff.get(`/groups/${list}/remove`)).statusCode, 403)
  t.equal((await staff.post(`/groups/${list}/remove`, { ids: zoe })).statusCode, 403)
  const refused = await staff.post(`/groups/${list}/add`, { ids: crowd.slice(0, 26) })
  t.equal(refused.statusCode, 422)
  t.match(words(refused.body), 'You can add up to 25 customers at a time')
  await staff.post(`/groups/${list}/add`, { ids: crowd.slice(0, 25) })
  t.equal(flashOf(staff), '25 customers added to By staff.')
  const flash = staff.cookies.get('flash') ?? ''
  t.notOk('undo' in JSON.parse(Buffer.from(flash, 'base64url').toString()), 'no undo for staff')
})

t.test('adding nobody, everybody one by one, or those who are gone, is told', async (t) => {
  const list = await addList(em, 'Bad input')
  for (const form of [{}, { ids: '' }, { ids: 'x' }, { ids: 2 ** 31 }, { ids: 9_999_999 }, { selection: 'x' }]) {
    for (const [purpose, sentence] of [
      ['add', 'Select at least one customer, then add.'],
      ['remove', 'Select at least one customer, then remove.']
    ]) {
      const answer = await manager.post(`/groups/${list}/${purpose}`, form as Record<string, string>)
      t.equal(answer.statusCode, 422)
      t.match(words(answer.body), sentence)
    }
  }
  const many = (length: number) => Array.from({ length }, (_, index) => index + 1)
  const tooMany = await manager.post(`/groups/${list}/add`, { ids: many(1_001) })
  t.equal(tooMany.statusCode, 413)
  t.match(words(tooMany.body), 'This form has more than 1,000 fields. Send fewer at a time.')
  const answer = await manager.post(`/groups/${list}/add`, { shown: many(1_001).join(' '), ids: many(900) })
  t.equal(answer.statusCode, 422)
  t.match(words(answer.body), 'You can tick up to 1,000 customers. For more, use All Pages.')
  const page = await openPicker(manager, `/groups/${list}/add?q=nobody-at-all`)
  t.match(words(page.body), 'No customers match')
  await page.press('all')
  t.match(words((await page.press('go')).body), 'Select at least one customer, then add.')
  t.equal(await members(list), 0)
})

t.test('a picker without anybody in it says what to do next', async (t) => {
  const empty = await testApp(t)
  const boss = await empty.as('manager')
  const gold = await addGroup(empty.em, 'Gold')
  const nobody = words((await boss.get(`/groups/${gold}/add`)).body)
  t.match(nobody, 'No customers to add Every customer is already in Gold, or there are no customers yet. New Customer')
  t.match(words((await boss.get(`/groups/${gold}/remove`)).body), 'No customers in Gold There is no one to remove.')
  const selection = randomUUID()
  const { body } = await boss.get(`/groups/${gold}/add?q=x&location=Rome&sort=spent&selection=${selection}`)
  t.match(words(body), 'No customers match Check the spelling, or type less of the name. Or remove a filter.')
  t.equal(
    linkNamed(body, 'Clear search and filters'),
    `/groups/${gold}/add?sort=spent&selection=${selection}`,
    'what is selected stays so'
  )
})
