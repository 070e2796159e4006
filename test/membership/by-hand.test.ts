import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { timelineOf, told } from '../activity/helper.ts'
import { type Client, count, NOW, testApp, words } from '../helper.ts'
import { flashOf } from '../page.ts'
import { addCustomer, addCustomers, addGroup, addList, groupsOf, join } from '../shop.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop
const [staff, manager] = [await shop.as('staff'), await shop.as('manager')]
const DAY_MS = 24 * 60 * 60 * 1000

/** The operation that the last word offers to undo; undefined if it offers none. */
function undoOf(browser: Client): number | undefined {
  const cookie = browser.cookies.get('flash') ?? ''
  return JSON.parse(Buffer.from(cookie, 'base64url').toString()).undo
}

const removal = (browser: Client, group: number, ids: number, back = `/groups/${group}/customers`) =>
  browser.post(`/groups/${group}/customers/removal`, { ids, back })
const undo = (browser: Client, operation: number | undefined, from = '/customers') =>
  browser.post(`/operations/${operation}/undo`, {}, { referer: `http://localhost${from}` })
const membershipsOf = (id: number) =>
  rows(
    em,
    sql`select group_id, joined_at, joined_by, operation_id from membership where customer_id = ${id} order by group_id`
  )

t.test('one customer’s removal is undone from the word about it, by staff too', async (t) => {
  const [vip, letters] = [await addGroup(em, 'VIP'), await addList(em, 'Letters')]
  const rosa = await addCustomer(em, { firstName: 'Rosa', group: vip, lists: [letters] })
  const before = await membershipsOf(rosa)
  for (const [group, name] of [
    [vip, 'VIP'],
    [letters, 'Letters']
  ] as const) {
    await removal(staff, group, rosa)
    const operation = undoOf(staff)
    t.type(operation, 'number')
    const answer = await undo(staff, operation, `/groups/${group}/customers?q=ro`)
    t.equal(answer.headers.location, `/groups/${group}/customers?q=ro`, 'the list as it was looked at')
    t.equal(flashOf(staff), `Rosa is back in ${name}.`)
    t.same(await membershipsOf(rosa), before, 'since when and by whom, as before')
    const again = await undo(staff, operation)
    t.equal(again.statusCode, 303, 'a double click is shown the first result')
    t.same(await membershipsOf(rosa), before)
  }
  t.same((await told(manager)).slice(0, 4), [
    'staff person added Rosa back to Letters',
    'staff person removed Rosa from Letters',
    'staff person moved Rosa from Default back to VIP',
    'staff person removed Rosa from VIP'
  ])
  t.match(timelineOf((await staff.get(`/customers/${rosa}`)).body).length, 4, 'and on their page')
  t.notMatch(words((await staff.get(`/customers/${rosa}`)).body), 'bulk change', 'which calls it nothing else')
})

t.test('staff put nobody back into a group that lets a till do more, and undo no bulk operation', async (t) => {
  const credit = await addGroup(em, 'Credit', { allowsOnAccount: true })
  const [cid = 0, dan = 0, eve = 0] = await addCustomers(em, ['Cid', 'Dan', 'Eve'], { group: credit })
  await staff.post(`/groups/${credit}/customers/removal`, { ids: cid, sure: 'true' })
  t.equal(undoOf(staff), undefined)
  t.equal(flashOf(staff), 'Cid was removed from Credit and moved to Default. A manager can undo this in Activity.')
  const operation = await count(em, sql`select max(id) as n from bulk_operation`)
  t.equal((await undo(staff, operation)).statusCode, 403)
  t.equal((await undo(shop.anonymous, operation)).statusCode, 401)
  t.same(await groupsOf(em, cid), ['Default'])
  await undo(manager, operation)
  t.same(await groupsOf(em, cid), ['Credit'])
  await manager.post(`/groups/${credit}/remove`, { ids: [dan, eve], do: 'sure' })
  t.equal((await undo(staff, undoOf(manager))).statusCode, 403)
  t.equal((await undo(staff, 999_999)).statusCode, 404)
})

t.test('a customer’s page tells of bulk moves that were undone, and where they themselves came from', async (t) => {
  const [trade, retail, club] = [await addGroup(em, 'Trade'), await addGroup(em, 'Retail'), await addList(em, 'Club')]
  const [fay = 0, gus = 0] = [
    await addCustomer(em, { firstName: 'Fay', group: retail }),
    await addCustomer(em, { firstName: 'Gus' })
  ]
  await manager.post(`/groups/${trade}/add`, { ids: [fay, gus], do: 'sure' })
  await undo(manager, undoOf(manager))
  await manager.post(`/groups/${club}/add`, { ids: [fay, gus] })
  await manager.post(`/groups/${club}/remove`, { ids: [fay, gus] })
  await undo(manager, undoOf(manager))
  const story = async (id: number) =>
    timelineOf((await staff.get(`/customers/${id}`)).body).map((one) =>
      one.replace(/ (\(bulk change|Mar 2, 2026).*$/, '')
    )
  const [inClub, outOfClub, intoClub] = ['added Fay back to Club', 'removed Fay from Club', 'added Fay to Club']
  t.same(
    await story(fay),
    [
      [inClub, ''],
      [outOfClub, ' Undone'],
      [intoClub, ''],
      ['moved Fay back to Retail', ''],
      ['moved Fay from Retail to Trade', ' Undone']
    ].map(([what, since]) => `manager person ${what}, with 1 other customer${since}`)
  )
  t.same((await story(gus)).slice(3), [
    'manager person moved Gus back to Default, with 1 other customer',
    'manager person added Gus to Trade, with 1 other customer Undone'
  ])
  await manager.post(`/groups/${trade}/add`, { ids: [fay, gus], do: 'sure' })
  await manager.post(`/groups/${trade}/deletion`, { move: 'true' })
  t.equal((await story(fay))[0], 'manager person deleted Trade and moved Fay to Default')
  t.equal((await told(manager, `?customer=${gus}`)).length, 7)
  await manager.post(`/customers/${gus}/deletion`, { name: 'Gus' })
  t.same(
    await told(manager, `?customer=${gus}`),
    [`manager person deleted customer ${gus}`],
    'deleted, it is forgotten'
  )
  t.equal((await story(fay)).length, 7, 'of them alone')
})

t.test('from Activity it is undone for thirty days, unless somebody changed it since', async (t) => {
  const vip = await addGroup(em, 'Gold')
  const [ann = 0, bob = 0] = await addCustomers(em, ['Ann', 'Bob'], { group: vip })
  await removal(staff, vip, ann)
  const ofAnn = undoOf(staff)
  await removal(staff, vip, bob)
  const ofBob = undoOf(staff)
  const list = await manager.get('/activity')
  t.match(words(list.body), 'staff person removed Ann from Gold Undo removing Ann from Gold')
  t.match(list.body, `action="/operations/${ofAnn}/undo"`)
  await join(em, await addGroup(em, 'Silver'), [bob])
  await undo(staff, ofBob)
  t.equal(flashOf(staff), 'Nothing was undone: someone changed Bob’s groups since then.')
  t.same(await groupsOf(em, bob), ['Silver'])
  now = new Date(NOW.getTime() + 31 * DAY_MS)
  const [later, boss] = [await shop.as('staff'), await shop.as('manager')]
  await undo(later, ofAnn)
  t.match(flashOf(later), 'more than 30 days ago')
  t.same(await groupsOf(em, ann), ['Default'])
  t.notMatch((await boss.get('/activity')).body, `action="/operations/${ofAnn}/undo"`)
})
