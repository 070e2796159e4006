import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { timelineOf, told } from '../activity/helper.ts'
import { type Client, NOW, testApp, words } from '../helper.ts'
import { column, flashOf, linkNamed } from '../page.ts'
import { openPicker } from '../picker.ts'
import { addCustomers, addGroup, addList, groupsOf, join } from '../shop.ts'

let now = NOW
const shop = await testApp(t, { clock: () => now })
const { em } = shop
let manager = await shop.as('manager')

const DAY_MS = 24 * 60 * 60 * 1000

/** The operation that the last word offers to undo. */
function undoOf(browser: Client): number {
  const cookie = browser.cookies.get('flash') ?? ''
  return JSON.parse(Buffer.from(cookie, 'base64url').toString()).undo
}

async function add(groupId: number, ids: number[]): Promise<number> {
  await manager.post(`/groups/${groupId}/add`, { ids, do: 'sure' })
  return undoOf(manager)
}

t.test('a move is undone: everybody is back where they were, since when and by whom', async (t) => {
  const [target, trade] = [await addGroup(em, 'Target'), await addGroup(em, 'Trade')]
  const ids = [...(await addCustomers(em, ['A', 'B'], { group: trade })), ...(await addCustomers(em, ['C']))]
  const state = () =>
    rows(em, sql`select * from primary_membership where customer_id = any(${ids}::int[]) order by customer_id`)
  const before = await state()
  const id = await add(target, ids)
  const page = words((await manager.get(`/groups/${target}/customers`)).body)
  t.match(page, '3 customers moved to Target (2 from Trade, 1 from Default). Undo')
  const latest = async (group: number) => timelineOf((await manager.get(`/groups/${group}`)).body)[0]
  t.match(await latest(trade), 'manager person moved 2 customers from Trade to Target Details', 'also where they left')
  t.match(await latest(target), 'manager person moved 3 customers to Target (2 from other groups, 1 from Default)')
  t.match((await told(manager, '?group=Trade'))[0], 'manager person moved 2 customers from Trade to Target')
  const undone = await manager.post(`/operations/${id}/undo`)
  t.equal(undone.statusCode, 303)
  t.equal(flashOf(manager), 'Undone: 3 customers moved back (2 to Trade, 1 to Default).')
  t.match(await latest(trade), 'manager person moved 2 customers back to Trade')
  for (const path of [`/groups/${target}`, `/customers/${ids[0]}`]) {
    const [undo, move] = timelineOf((await manager.get(path)).body)
    t.match(move, /Details Undone Mar/, path)
    t.notMatch(undo, 'Undone')
  }
  t.match(column((await manager.get('/activity')).body, 1)[1], /moved 3 customers .* Details Undone$/)
  t.same(await state(), before)
  const again = await manager.post(`/operations/${id}/undo`)
  t.equal(again.headers.location, undone.headers.location, 'a double click is shown the first result')
  t.same(await state(), before)
  const shown = words((await manager.get(`/operations/${id}`)).body)
  t.match(shown, 'Moving customers to Target By manager person,')
  t.match(shown, 'Moved 3 from Trade 2 from Default 1 Total 3')
  t.match(shown, 'This was undone. Show the undo')
  const taken = (await manager.get(`/operations/${id + 1}`)).body
  t.match(words(taken), 'Moved back 3 to Trade 2 to Default 1 Total 3')
  t.equal(linkNamed(taken, 'Show what was undone'), `/operations/${id}`)
  t.equal((await manager.post(`/operations/${id + 1}/undo`)).statusCode, 409, 'an undo is not undone')
  const said = words((await manager.get('/activity?group=Target')).body)
  t.match(said, 'manager person undid moving 3 customers to Target')
  t.match(said, 'manager person moved 3 customers to Target (2 from other groups, 1 from Default)')
})

t.test('what somebody has changed since is left alone, and named', async (t) => {
  const list = await addList(em, 'Changing')
  const group = await addGroup(em, 'Elsewhere')
  const ids = await addCustomers(em, ['D', 'E', 'F'])
  const id = await add(list, ids)
  await rows(em, sql`delete from list_membership where customer_id = ${ids[0]}`)
  await join(em, list, [ids[0] ?? 0])
  await rows(em, sql`delete from customer where id = ${ids[1]}`)
  await manager.post(`/operations/${id}/undo`)
  t.equal(
    flashOf(manager),
    'Undone: 1 customer removed from Changing. 2 customers changed or deleted since then were skipped.'
  )
  t.same(await groupsOf(em, ids[0] ?? 0), ['Default', 'Changing'], 'who joined again by hand stays')
  const oneMark = column((await manager.get('/activity?group=Changing')).body, 1).filter((one) =>
    /Partly undone$/.test(one)
  )
  t.match(oneMark, [/added 3 customers to Changing/])
  t.notMatch((await manager.get(`/customers/${ids[0]}`)).body, '>Undone<', 'not for whom it was left alone')
  const moved = await add(group, [ids[2] ?? 0])
  await join(em, 1, [ids[2] ?? 0])
  await join(em, group, [ids[2] ?? 0])
  await manager.post(`/operations/${moved}/undo`)
  t.equal(flashOf(manager), 'Nothing was undone. 1 customer changed or deleted since then was skipped.')
  t.notMatch((await manager.get(`/groups/${group}`)).body, /<span class="tag">/, 'nothing was')
  t.same(await groupsOf(em, ids[2] ?? 0), ['Elsewhere'])
})

t.test('a removal is undone, from a list with its dates', async (t) => {
  const list = await addList(em, 'Removed')
  const ids = await addCustomers(em, ['G', 'H'], { lists: [list] })
  const state = () => rows(em, sql`select * from list_membership where group_id = ${list} order by customer_id`)
  const before = await state()
  const page = await openPicker(manager, `/groups/${list}/remove`)
  page.tick(...ids)
  await page.press('go')
  t.same(await state(), [])
  await manager.post(`/operations/${undoOf(manager)}/undo`)
  t.equal(flashOf(manager), 'Undone: 2 customers added back to Removed.')
  t.same(await state(), before)
})

t.test('a deleted group comes back with its id, its settings and its customers', async (t) => {
  const group = await addGroup(em, 'Phoenix', {
    allowsOnAccount: true,
    largestDiscount: '12.50',
    automaticDiscount: '5.00',
    priceList: 'trade',
    purchaseMessage: 'Ask for Kim.',
    description: 'From the ashes'
  })
  const list = await addList(em, 'Scroll')
  const ids = await addCustomers(em, ['I', 'J'], { group, lists: [list] })
  const state = () => rows(em, sql`select * from customer_group where id = any(${[group, list]}::int[]) order by id`)
  const before = await state()
  await manager.post(`/groups/${group}/deletion`, { move: 'true' })
  t.equal(flashOf(manager), 'Phoenix was deleted. 2 customers moved to Default.')
  const first = undoOf(manager)
  await manager.post(`/groups/${list}/deletion`)
  t.equal(flashOf(manager), 'Scroll was deleted. 2 customers were on it.')
  const second = undoOf(manager)
  t.same(await groupsOf(em, ids[0] ?? 0), ['Default'])
  for (const id of [first, second]) await manager.post(`/operations/${id}/undo`)
  t.equal(flashOf(manager), 'Scroll was restored with 2 customers.')
  t.same(await state(), before)
  t.same(await groupsOf(em, ids[0] ?? 0), ['Phoenix', 'Scroll'])
  t.match(column((await manager.get(`/groups/${group}/customers`)).body), ['I', 'J'])
})

t.test('a group that was deleted before there was a setting comes back without it', async (t) => {
  const group = await addGroup(em, 'Older', { allowsDiscounts: true, restrictsPurchases: true, largestDiscount: '10' })
  await manager.post(`/groups/${group}/deletion`)
  const id = undoOf(manager)
  await rows(
    em,
    sql`update deleted_group set kept = kept - 'largest_discount' - 'restricts_purchases' where operation_id = ${id}`
  )
  await manager.post(`/operations/${id}/undo`)
  t.match(await rows(em, sql`select * from customer_group where id = ${group}`), [
    { allows_discounts: true, restricts_purchases: false, largest_discount: null }
  ])
})

t.test('if its name was given away meanwhile, another one is asked for', async (t) => {
  const group = await addGroup(em, 'Twice')
  await manager.post(`/groups/${group}/deletion`)
  const id = undoOf(manager)
  await addGroup(em, 'twice')
  const asked = await manager.post(`/operations/${id}/undo`)
  t.equal(asked.statusCode, 409)
  t.match(
    words(asked.body),
    'Undo restores Twice. Another group is now called Twice , so this one needs a new name. New name'
  )
  const taken = await manager.post(`/operations/${id}/undo`, { name: ' TWICE ' })
  t.equal(taken.statusCode, 409)
  t.match(words(taken.body), 'There is already a group called TWICE. Choose another name.')
  const back = await manager.post(`/operations/${id}/undo`, { name: 'Twice again' })
  t.equal(back.headers.location, `/groups/${group}`)
  t.equal(flashOf(manager), 'Twice again was restored with no customers.')
})

t.test('an operation on a group that was deleted since waits for the group to come back', async (t) => {
  const list = await addList(em, 'Brief')
  const ids = await addCustomers(em, ['K', 'L'])
  const id = await add(list, ids)
  await manager.post(`/groups/${list}/deletion`)
  const deletion = undoOf(manager)
  const refused = await manager.post(`/operations/${id}/undo`)
  t.equal(refused.statusCode, 409)
  t.match(words(refused.body), 'Brief has been deleted. Undo its deletion first, then this.')
  await manager.post(`/operations/${deletion}/undo`)
  await manager.post(`/operations/${id}/undo`)
  t.equal(flashOf(manager), 'Undone: 2 customers removed from Brief.')
})

t.test('activity offers the undo, for thirty days', async (t) => {
  const list = await addList(em, 'Old')
  const id = await add(list, await addCustomers(em, ['M', 'N']))
  const offers = async () => (await manager.get('/activity')).body.includes(`action="/operations/${id}/undo"`)
  t.ok(await offers())
  now = new Date(NOW.getTime() + 30 * DAY_MS)
  const late = await shop.as('manager')
  const asks = async (path: string) => (await late.get(path)).body.includes(`action="/operations/${id}/undo"`)
  t.ok(await asks('/activity'))
  now = new Date(NOW.getTime() + 30 * DAY_MS + 1)
  t.notOk(await asks('/activity'))
  t.notOk(await asks(`/operations/${id}`))
  const refused = await late.post(`/operations/${id}/undo`)
  t.equal(refused.statusCode, 409)
  t.match(words(refused.body), 'more than 30 days ago')
  now = NOW
})

t.test('Undo in the activity leads back to the activity, with its result', async (t) => {
  manager = await shop.as('manager')
  const list = await addList(em, 'Journal')
  const id = await add(list, await addCustomers(em, ['P', 'Q']))
  const { body } = await manager.get('/activity?group=Journal')
  t.match(body, `<input type="hidden" name="back" value="/activity?group=Journal">`)
  t.match(words(body), 'Undo adding customers to Journal')
  const undone = await manager.post(`/operations/${id}/undo`, { back: '/activity?group=Journal' })
  t.equal(undone.headers.location, '/activity?group=Journal')
  t.match(
    words((await manager.get('/activity?group=Journal')).body),
    /Undone: 2 customers removed from Journal\..*undid adding 2 customers to Journal(?! :)/
  )
  for (const back of ['//evil.example', 'https://evil.example', '\\evil', 'x'.repeat(3_000), '\0']) {
    const again = await manager.post(`/operations/${id}/undo`, { back })
    t.equal(again.headers.location, `/groups/${list}/customers`, 'to no other page but ours')
    t.equal((await manager.get(`/operations/${id}/undo?back=${encodeURIComponent(back)}`)).statusCode, 200)
  }
})

t.test('only managers and admins see and undo bulk operations', async (t) => {
  const staff = await shop.as('staff')
  manager = await shop.as('manager')
  const list = await addList(em, 'Guarded')
  const id = await add(list, await addCustomers(em, ['O']))
  for (const path of [`/operations/${id}`, `/operations/${id}/undo`]) {
    t.equal((await staff.get(path)).statusCode, 403)
    t.equal((await shop.anonymous.get(path)).statusCode, 303)
    t.equal((await manager.get(path)).statusCode, 200)
  }
  for (const path of [`/operations/${id}/undo`, `/operations/${id}/cancel`]) {
    t.equal((await staff.post(path)).statusCode, 403)
    t.equal((await shop.anonymous.post(path)).statusCode, 401)
  }
  for (const path of ['/operations/999999', '/operations/x', '/operations/999999/undo']) {
    t.equal((await manager.get(path)).statusCode, 404)
    t.equal((await manager.post(`${path.replace('/undo', '')}/undo`)).statusCode, 404)
  }
  t.equal((await manager.post(`/operations/${id}/cancel`)).statusCode, 303, 'what is done is not cancelled')
  t.match(words((await manager.get(`/operations/${id}`)).body), '1 customer added to Guarded.')
})
