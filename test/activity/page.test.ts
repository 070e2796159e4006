import { sql } from 'kysely'
import t from 'tap'
import { note } from '../../src/activity/note.ts'
import { rows } from '../../src/db/rows.ts'
import { NOW, testApp, words } from '../helper.ts'
import { column, linkNamed } from '../page.ts'
import { addCustomer, addGroup, join } from '../shop.ts'
import { idOf } from '../staff/helper.ts'
import { timelineOf, told } from './helper.ts'

const shop = await testApp(t)
const { em } = shop

t.test('managers and admins read the activity; staff do not, nor see a way to', async (t) => {
  for (const role of ['manager', 'admin'] as const) {
    const browser = await shop.as(role)
    t.equal((await browser.get('/activity')).statusCode, 200)
    t.match((await browser.get('/groups')).body, 'href="/activity"')
    const part = await browser.part('/activity')
    t.notMatch(words((await browser.get('/activity')).body), /Clear|Filter 1/, 'no filter is in force')
    t.match(part.body.trim(), /^<div id="list"/)
    t.notMatch(part.body, '<html')
  }
  const staff = await shop.as('staff')
  t.equal((await staff.get('/activity')).statusCode, 403)
  t.equal((await staff.part('/activity')).headers['hx-retarget'], '#flash')
  t.notMatch((await staff.get('/groups')).body, 'href="/activity')
  const stranger = await shop.anonymous.get('/activity?kind=left')
  t.equal(stranger.headers.location, '/sign-in?next=%2Factivity%3Fkind%3Dleft')
})

t.test('a customer’s and a group’s page show their latest ten, and managers the way to all', async (t) => {
  const [manager, staff] = [await shop.as('manager'), await shop.as('staff')]
  const groups = [await addGroup(em, 'Ping & Co'), await addGroup(em, 'Pong')]
  const ann = await addCustomer(em, { firstName: 'Ann' })
  t.match(words((await staff.get(`/customers/${ann}`)).body), 'Activity No activity yet.')
  for (let turn = 0; turn < 12; turn++) await join(em, groups[turn % 2] ?? 0, [ann])
  const page = await manager.get(`/customers/${ann}`)
  t.equal(timelineOf(page.body).length, 10)
  t.match(timelineOf(page.body)[0], /^staff person moved Ann from Ping & Co to Pong Mar 2, 2026, 9:00 AM$/)
  t.match(
    timelineOf((await manager.get(`/groups/${groups[0]}`)).body)[0],
    'moved Ann from Ping & Co to Pong',
    'also who left by a move'
  )
  const all = await told(manager, linkNamed(page.body, 'See all')?.replace('/activity', ''))
  t.equal(all.length, 12)
  const ofGroup = linkNamed((await manager.get(`/groups/${groups[0]}`)).body, 'See all')
  t.equal((await told(manager, ofGroup?.replace('/activity', ''))).length, 12)
  for (const path of [`/customers/${ann}`, `/groups/${groups[0]}`]) {
    const seen = await staff.get(path)
    t.equal(timelineOf(seen.body).length, 10, 'staff see it too')
    t.equal(linkNamed(seen.body, 'See all'), undefined)
  }
})

t.test('the filter narrows by group, customer, person, kind and day, alone and together', async (t) => {
  const manager = await shop.as('manager')
  const [here, there] = [await addGroup(em, 'Here'), await addGroup(em, 'There')]
  const [bea, cid] = [await addCustomer(em, { firstName: 'Bea' }), await addCustomer(em, { firstName: 'Cid' })]
  const boss = await idOf(shop, 'admin@demo.test')
  const on = (day: string) => ({ id: boss, now: new Date(day) })
  await join(em, here, [bea], on('2026-01-10T04:59:59Z'))
  await join(em, there, [bea, cid], on('2026-01-11T04:59:59Z'))
  await note(em, 'settings-changed', on('2026-01-11T05:00:00Z'), { details: { changes: [] } })
  const [intoHere, moved, cidInto] = ['Bea to Here', 'moved Bea from Here to There', 'Cid to There']
  const cases: [string, string[]][] = [
    ['?group=here', [moved, intoHere]],
    ['?group=There', [cidInto, moved]],
    [`?customer=${bea}`, [moved, intoHere]],
    [`?person=${boss}&kind=joined`, [cidInto, intoHere]],
    ['?kind=moved&group=Here', [moved]],
    [`?person=${boss}&group=There&customer=${cid}`, [cidInto]],
    ['?from=2026-01-09&to=2026-01-09', [intoHere]],
    ['?from=2026-01-10&to=2026-01-10', [cidInto, moved]],
    ['?to=2026-01-10', [cidInto, moved, intoHere]],
    [`?from=2026-01-11&person=${boss}&kind=settings-changed`, ['changed the settings']],
    ['?customer=999999', []],
    ['?customer=x', []],
    ['?person=-1', []]
  ]
  for (const [query, expected] of cases) {
    const found = await told(manager, query)
    t.equal(found.length, expected.length, query)
    for (const sentence of expected) t.match(found.join('\n'), sentence, query)
  }
  const page = await manager.get(
    `/activity?group=Here&customer=${bea}&person=${boss}&kind=joined&from=2026-01-09&to=2026-01-10`
  )
  t.match(
    words(page.body),
    /Filter 6.*Group: Here , remove Customer: Bea , remove Person: admin person , remove Added to a group , remove From Jan 9, 2026 , remove To Jan 10, 2026/
  )
  t.equal(linkNamed(page.body, 'Added to a group , remove')?.includes('kind'), false)
  t.match(page.body, `<input type="hidden" name="customer" value="${bea}">`, 'the form keeps it')
})

t.test('a filter that can’t be read says so by its field', async (t) => {
  const manager = await shop.as('manager')
  for (const [query, message] of [
    ['?group=Nobody', 'There is no group called “Nobody”.'],
    ['?from=2026-02-30', 'From must be a valid date'],
    ['?to=0000-01-01', 'To must be a later date.'],
    ['?from=2026-02-02&to=2026-02-01', '“To” can’t be before “From”.']
  ] as const) {
    const page = await manager.get(`/activity${query}`)
    t.equal(page.statusCode, 422, query)
    t.match(words(page.body), message)
  }
  for (const query of [
    '?customer=x',
    '?person=0',
    '?kind=constructor',
    '?kind=%00',
    '?group=%00',
    '?after=x',
    '?customer=1&customer=2'
  ])
    t.match((await manager.get(`/activity${query}`)).statusCode, /^(200|400|422)$/, query)
  const tidied = await manager.get('/activity?kind=&group=&person=&from=&to=')
  t.equal(tidied.headers.location, '/activity')
  t.match(words((await manager.get('/activity?kind=payment')).body), 'No activity matches')
})

t.test('sign-ins are left out until somebody asks for them; failed ones stay', async (t) => {
  const manager = await shop.as('manager')
  await shop.anonymous.post('/sign-in', { email: 'staff@demo.test', password: 'wrong' })
  await note(em, 'signed-out', { id: 1, now: NOW })
  const usual = await manager.get('/activity')
  t.notMatch(words(usual.body), /signed (in|out)/)
  t.match(words(usual.body), 'Failed sign-in as staff person')
  t.equal(linkNamed(usual.body, 'Show sign-ins'), '/activity?sign-ins=show')
  const all = await manager.get('/activity?sign-ins=show')
  t.match(words(all.body), 'manager person signed in')
  t.match(words(all.body), 'staff person signed out')
  t.match(all.body, '<input type="checkbox" name="sign-ins" value="show" checked>')
  t.equal(linkNamed(all.body, 'With sign-ins , remove'), '/activity')
  t.equal(linkNamed(all.body, 'Show sign-ins'), undefined)
  const kind = await manager.get('/activity?kind=signed-in')
  t.match(words(kind.body), 'manager person signed in', 'whoever filters by it has asked')
  for (const bad of ['x', '%00', 'show&sign-ins=x']) {
    const page = await manager.get(`/activity?sign-ins=${bad}`)
    t.equal(page.statusCode, 200, bad)
    t.notMatch(words(page.body), 'person signed in')
  }
})

t.test('pages lead on by key and back, each entry once, also among entries of one moment', async (t) => {
  const manager = await shop.as('manager')
  const group = await addGroup(em, 'Paged')
  await rows(
    em,
    sql`
    insert into activity (at, by, kind, group_id, from_group_id, details)
    select ${NOW}, 1, 'group-changed', case when n % 3 = 0 then 1 else ${group} end, ${group},
      jsonb_build_object('changes', jsonb_build_array(jsonb_build_object('field', 'name', 'before', null, 'after', n::text)))
    from generate_series(1, 60) n`
  )
  const numbers = (html: string) => column(html, 1).map((what) => Number(/→ (\d+)/.exec(what)?.[1]))
  const forward: number[][] = []
  const said: string[] = []
  let body = ''
  for (let next: string | undefined = '/activity?group=Paged'; next; next = linkNamed(body, 'Next')) {
    body = (await manager.get(next)).body
    said.push(
      /Activity ((More than )?\d+ entries found) .*? (\d+ to \d+( of \d+)?), Mar/
        .exec(words(body))
        ?.slice(1, 4)
        .join() ?? ''
    )
    forward.push(numbers(body))
  }
  t.same(
    forward.map(({ length }) => length),
    [25, 25, 10]
  )
  t.same(
    forward.flat(),
    Array.from({ length: 60 }, (_, index) => 60 - index)
  )
  t.same(said, [
    'More than 25 entries found,More than ,1 to 25',
    'More than 50 entries found,More than ,26 to 50',
    '60 entries found,,51 to 60 of 60'
  ])
  const back: number[][] = []
  for (let previous = linkNamed(body, 'Previous'); previous; previous = linkNamed(body, 'Previous')) {
    body = (await manager.get(previous)).body
    back.unshift(numbers(body))
  }
  t.same(back, forward.slice(0, 2))
})
