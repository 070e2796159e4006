import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { type Form, testApp, words } from '../helper.ts'
import { checkFile, lines } from '../imports/helper.ts'
import { answerTo, fieldValue, flashOf, linkNamed } from '../page.ts'
import { openPicker } from '../picker.ts'
import { addCustomer, addCustomers, addGroup, addList, groupsOf, join, owe } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const [staff, manager] = [await shop.as('staff'), await shop.as('manager')]
const trade = await addGroup(em, 'Trade', { allowsOnAccount: true, allowsDiscounts: true })
const builders = await addGroup(em, 'Builders', { allowsOnAccount: true })
const closed = await addGroup(em, 'Closed', { allowsOnAccount: true, restrictsPurchases: true })
const plain = await addGroup(em, 'Plain')

const STOPS = /will no longer be able to buy on account/

async function debtor(firstName: string, owed: string, group = trade): Promise<number> {
  const id = await addCustomer(em, { firstName, group })
  await owe(em, id, owed)
  return id
}

t.test('from the quick settings a debtor is removed once it was asked; whoever owes nothing, at once', async (t) => {
  const ann = await debtor('Ann', '1152.87')
  const path = `/groups/${trade}/customers/removal`
  const asked = await staff.post(path, { ids: ann, back: '/customers?q=ann' })
  t.equal(asked.statusCode, 422)
  t.match(words(asked.body), 'Remove Ann from Trade?')
  t.match(words(asked.body), 'Ann owes $1,152.87 and will no longer be able to buy on account.')
  t.match(asked.body, 'href="/customers?q=ann"')
  t.same(await groupsOf(em, ann), ['Trade'])
  t.equal((await shop.anonymous.post(path, { ids: ann, sure: 'true' })).statusCode, 401)
  const sent = { ids: fieldValue(asked.body, 'ids') ?? '', back: fieldValue(asked.body, 'back') ?? '' }
  const done = await staff.post(path, { ...sent, sure: answerTo(asked.body) ?? '' })
  t.equal(done.headers.location, '/customers?q=ann')
  t.same(await groupsOf(em, ann), ['Default'])

  const settled = await debtor('Ben', '5')
  await owe(em, settled, '-5')
  const credited = await debtor('Cat', '-5')
  const refused = await debtor('Dan', '5', closed)
  for (const [group, id] of [
    [trade, settled],
    [trade, credited],
    [closed, refused]
  ] as const) {
    const removed = await manager.post(`/groups/${group}/customers/removal`, { ids: id })
    t.equal(removed.statusCode, 303)
    t.same(await groupsOf(em, id), ['Default'])
  }
  const list = await addList(em, 'Letters')
  const listed = await debtor('Eva', '5')
  await join(em, list, [listed])
  t.equal(
    (await staff.post(`/groups/${list}/customers/removal`, { ids: listed })).statusCode,
    303,
    'a list is no till’s'
  )
})

t.test('an edit that moves a debtor asks once, and keeps everything typed', async (t) => {
  const fay = await debtor('Fay', '47.14')
  const list = await addList(em, 'Kept')
  const form = async (changes: Form): Promise<Form> => {
    const { body } = await manager.get(`/customers/${fay}/edit`)
    const email = fieldValue(body, 'email') ?? ''
    const version = fieldValue(body, 'version') ?? ''
    return { firstName: 'Fay', email, location: 'Oslo <b>', primary: trade, primaryWas: trade, version, ...changes }
  }
  const save = async (changes: Form) => manager.post(`/customers/${fay}/edit`, await form(changes))
  const asked = await save({ primary: plain, lists: list })
  t.equal(asked.statusCode, 422)
  t.match(
    words(asked.body),
    'Fay owes $47.14 and will no longer be able to buy on account in Plain. Save and move to Plain'
  )
  t.equal(fieldValue(asked.body, 'location'), 'Oslo <b>')
  t.match(asked.body, new RegExp(`value="${list}"[^>]* checked`))
  t.equal(answerTo(asked.body, 'owing'), String(plain))
  t.same(await groupsOf(em, fay), ['Trade'], 'nothing is saved yet')
  t.equal((await save({ primary: 1, owing: plain })).statusCode, 422, 'of another group it is asked about anew')
  t.equal((await save({ primary: plain, owing: 'x' })).statusCode, 422)
  t.notMatch(asked.body, 'Save Changes</button>')
  const stays = await save({ primary: trade, owing: plain })
  t.equal(stays.statusCode, 422, 'the button that was pressed said something else')
  t.match(words(stays.body), 'You changed the primary group. Check it, then save.')
  t.match(stays.body, 'Save Changes</button>')
  t.match(words((await save({ primary: 1, owing: plain })).body), 'You changed the primary group. Fay owes $47.14')
  const wrong = await save({ primary: plain, owing: plain, email: 'no', phone: '' })
  t.equal(fieldValue(wrong.body, 'owing'), String(plain), 'the answer goes on with the form')
  t.equal((await save({ primary: plain, owing: plain, lists: list })).statusCode, 303)
  t.same(await groupsOf(em, fay), ['Plain', 'Kept'])
  const gus = await debtor('Gus', '5')
  const moved = { firstName: 'Gus', email: 'gus@example.com', primaryWas: trade, version: 1 }
  const onwards = await manager.post(`/customers/${gus}/edit`, { ...moved, primary: builders })
  t.equal(onwards.statusCode, 303, 'another group that sells on account')
  const { body } = await manager.get(`/customers/${gus}`)
  t.match(words(body), 'On-account sale allowed')
})

t.test('a bulk move says how many owe how much before; one to a group that sells on account does not', async (t) => {
  const [hal, ivy] = [await debtor('Mover Hal', '10'), await debtor('Mover Ivy', '4300.20')]
  await join(em, trade, await addCustomers(em, ['Mover Jan', 'Mover Kim']))
  const page = await openPicker(manager, `/groups/${plain}/add?q=mover`)
  await page.press('all')
  await page.press('go')
  t.match(words(page.body), '4 customers will no longer be able to buy on account. 2 of them owe $4,310.20 .')
  t.match(words(page.body), 'Who are they? Mover Ivy $4,300.20 Mover Hal $10.00', 'who owes most first')
  t.equal(linkNamed(page.body, 'Mover Ivy'), `/customers/${ivy}`)
  t.match(words(page.body), '4 customers will no longer be able to get manual discounts.')
  await page.press('back')
  t.notMatch(words(page.body), STOPS)
  t.same(await groupsOf(em, hal), ['Trade'])
  const other = await openPicker(manager, `/groups/${builders}/add?q=mover`)
  other.tick(hal)
  await other.press('go')
  t.match(words(other.body), '1 customer selected, from Trade.')
  t.match(words(other.body), '1 customer will no longer be able to get manual discounts.')
  t.notMatch(words(other.body), STOPS)
  const list = await openPicker(manager, `/groups/${await addList(em, 'Movers')}/add?q=mover`)
  list.tick(hal)
  t.equal((await list.press('go')).statusCode, 303)
  t.match(flashOf(manager), '1 customer added to Movers.')
  await page.press('go')
  t.equal((await page.press('sure')).statusCode, 303)
  t.same(await groupsOf(em, ivy), ['Plain'])
})

t.test('Bulk Remove asks where customers could do more at a till, whether somebody owes or not', async (t) => {
  const group = await addGroup(em, 'Emptied', { allowsOnAccount: true })
  const lea = await debtor('Lea', '7.5', group)
  const other = await addCustomer(em, { firstName: 'Max', group })
  const page = await openPicker(manager, `/groups/${group}/remove`)
  page.tick(lea, other)
  await page.press('go')
  t.match(words(page.body), '2 customers selected.')
  t.match(
    words(page.body),
    '2 customers will no longer be able to buy on account. 1 of them owes $7.50 . Who is it? Lea $7.50'
  )
  t.same(await groupsOf(em, lea), ['Emptied'])
  const alone = await openPicker(manager, `/groups/${group}/remove`)
  alone.tick(other)
  await alone.press('go')
  t.match(
    words(alone.body),
    'They move to Default and stay customers. 1 customer will no longer be able to buy on account. Nothing is owed. Remove 1 customer'
  )
  t.same(await groupsOf(em, other), ['Emptied'], 'nothing has happened yet')
  t.equal((await alone.press('sure')).headers.location, `/groups/${group}/customers`)
  t.same(await groupsOf(em, other), ['Default'])
  t.equal((await page.press('sure')).statusCode, 303)
  t.same(await groupsOf(em, lea), ['Default'])
})

t.test('a bulk move says what those who move may do no longer, and what from now on', async (t) => {
  const shut = await addGroup(em, 'Shut', { restrictsPurchases: true, allowsDiscounts: true })
  const people = await addCustomers(em, ['Loser Ann', 'Loser Ben'], { group: trade })
  people.push(...(await addCustomers(em, ['Loser Cat'], { group: plain })))
  const asked = async (group: number) => {
    const page = await openPicker(manager, `/groups/${group}/add?q=loser`)
    page.tick(...people)
    await page.press('go')
    return words(page.body)
  }
  t.match(
    await asked(await addGroup(em, 'Bare')),
    '2 customers will no longer be able to buy on account. Nothing is owed. 2 customers will no longer be able to get manual discounts. Move 3'
  )
  t.match(await asked(shut), 'primary group. 3 customers will no longer be able to buy at all. Move 3')
  t.match(
    await asked(builders),
    'primary group. 2 customers will no longer be able to get manual discounts. 1 customer will be able to buy on account. Move 3'
  )
  await join(em, shut, people)
  t.match(
    await asked(trade),
    'group. 3 customers will be able to buy again. 3 customers will be able to buy on account. 3 customers will be able to get manual discounts. Move 3'
  )
})

t.test('of many who owe those who owe most are named', async (t) => {
  const group = await addGroup(em, 'Owing', { allowsOnAccount: true })
  for (let one = 1; one <= 12; one++) await debtor(`Ower ${one}`, `${one}`, group)
  const page = await openPicker(manager, `/groups/${plain}/add?q=ower`)
  await page.press('all')
  await page.press('go')
  t.match(words(page.body), /Who are they\? Ower 12 \$12\.00 Ower 11 .* Ower 3 \$3\.00 and 2 others/)
  t.match(words((await manager.get(`/groups/${group}/delete`)).body), /Ower 12 \$12\.00 .* and 2 others/)
})

t.test('one step from a customer’s page asks, too', async (t) => {
  const bea = await debtor('Bea', '11')
  const path = `/customers/${bea}/primary-group`
  const asked = await manager.post(path, { group: plain, was: trade })
  t.equal(asked.statusCode, 422)
  t.match(words(asked.body), 'Bea owes $11.00 and will no longer be able to buy on account in Plain.')
  t.notMatch(asked.body, 'name="group"', 'the question’s button alone')
  t.equal(linkNamed(asked.body, 'Choose another group'), path)
  t.same(await groupsOf(em, bea), ['Trade'])
  t.equal((await shop.anonymous.post(path, { sure: plain })).statusCode, 401)
  t.equal((await manager.post(path, { sure: plain, was: trade })).statusCode, 303)
  t.same(await groupsOf(em, bea), ['Plain'])
})

t.test('staff’s Undo at the counter asks, too', async (t) => {
  const gus = await addCustomer(em, { firstName: 'Gus', group: plain })
  await manager.post(`/customers/${gus}/primary-group`, { group: trade, was: plain })
  await owe(em, gus, '7')
  const id = (await row(em, sql<{ id: number }>`select max(id) as id from bulk_operation`))?.id
  const path = `/operations/${id}/undo`
  const asked = await staff.post(path, { back: `/customers/${gus}` })
  t.equal(asked.statusCode, 303)
  t.equal(asked.headers.location, `${path}?back=%2Fcustomers%2F${gus}`)
  const page = await staff.get(asked.headers.location ?? '')
  t.match(words(page.body), 'This customer owes $7.00 and will no longer be able to buy on account.')
  t.same(await groupsOf(em, gus), ['Trade'])
  t.equal((await shop.anonymous.get(path)).headers.location, `/sign-in?next=%2Foperations%2F${id}%2Fundo`)
  t.equal((await staff.post(path, { back: `/customers/${gus}`, sure: 'true' })).statusCode, 303)
  t.same(await groupsOf(em, gus), ['Plain'])
})

t.test('staff are asked before they move somebody out of a group that they can’t put them back into', async (t) => {
  const discounts = await addGroup(em, 'Bargain', { allowsDiscounts: true })
  const only = (name: string) => `Only managers and admins can move ${name} back to Bargain.`
  const kay = await addCustomer(em, { firstName: 'Kay', group: discounts })
  const path = `/customers/${kay}/primary-group`
  const asked = await staff.post(path, { group: plain, was: discounts })
  t.equal(asked.statusCode, 422)
  t.match(words(asked.body), `${only('Kay')} Move to Plain`)
  t.same(await groupsOf(em, kay), ['Bargain'])
  t.equal((await staff.post(path, { sure: answerTo(asked.body) ?? '', was: discounts })).statusCode, 303)
  t.same(await groupsOf(em, kay), ['Plain'])
  t.equal((await staff.post(path, { group: 1, was: plain })).statusCode, 303, 'from Plain there is a way back')
  const undo = await row(
    em,
    sql<{ id: number }>`select min(id) as id from bulk_operation where group_id = ${plain}
    and id > (select max(id) - 2 from bulk_operation)`
  )
  t.equal((await staff.post(`/operations/${undo?.id}/undo`, { sure: 'true' })).statusCode, 403, 'nor by Undo')

  await join(em, discounts, [kay])
  await owe(em, kay, '5')
  t.equal((await manager.post(path, { group: plain, was: discounts })).statusCode, 303, 'who can put them back')
  await join(em, discounts, [kay])
  const edited = { firstName: 'Kay', email: 'kay@example.com', primary: plain, primaryWas: discounts, version: 1 }
  const question = await staff.post(`/customers/${kay}/edit`, edited)
  t.equal(question.statusCode, 422)
  t.match(words(question.body), `${only('Kay')} Save and move to Plain`)
  t.equal((await staff.post(`/customers/${kay}/edit`, { ...edited, primary: discounts })).statusCode, 303)
  const saved = await staff.post(`/customers/${kay}/edit`, { ...edited, version: 2, owing: plain })
  t.equal(saved.statusCode, 303)
  t.same(await groupsOf(em, kay), ['Plain'])

  const both = await debtor('Lou', '8', builders)
  t.match(
    words((await staff.post(`/customers/${both}/primary-group`, { group: plain, was: builders })).body),
    'Lou owes $8.00 and will no longer be able to buy on account in Plain. Only managers and admins can move Lou back to Builders.'
  )

  await join(em, discounts, [kay])
  const removal = `/groups/${discounts}/customers/removal`
  const removing = await staff.post(removal, { ids: kay })
  t.equal(removing.statusCode, 422)
  t.match(words(removing.body), `${only('Kay')} Kay moves from Bargain to Default.`)
  t.match(words((await staff.post(removal, { ids: [kay, both] })).body), only('them'))
  t.equal((await staff.post(removal, { ids: both })).statusCode, 303, 'who is not in it')
  t.equal((await staff.post(removal, { ids: kay, sure: answerTo(removing.body) ?? '' })).statusCode, 303)

  await join(em, discounts, [kay])
  for (const [person, says] of [
    [staff, true],
    [manager, false]
  ] as const) {
    const page = await openPicker(person, `/groups/${plain}/add?q=kay`)
    page.tick(kay)
    await page.press('go')
    t.equal(words(page.body).includes(only('them')), says)
    t.same(await groupsOf(em, kay), ['Bargain'])
  }
})

t.test('out of a Default that sells on account a debtor is asked about, too', async (t) => {
  await em.execute('update customer_group set allows_on_account = true where id = 1')
  const moe = await debtor('Moe', '9', 1)
  const page = await openPicker(manager, `/groups/${plain}/add?q=moe`)
  page.tick(moe)
  await page.press('go')
  t.match(words(page.body), 'This customer owes $9.00 and will no longer be able to buy on account.')
  t.equal((await staff.post(`/groups/${trade}/customers/removal`, { ids: moe })).statusCode, 403)
  const nan = await debtor('Nan', '5')
  t.equal(
    (await manager.post(`/groups/${trade}/customers/removal`, { ids: nan })).statusCode,
    303,
    'Default sells, too'
  )
  await em.execute('update customer_group set allows_on_account = false where id = 1')
})

t.test('the undo of a move into on-account sale says it', async (t) => {
  const ola = await addCustomer(em, { firstName: 'Ola', group: plain })
  await manager.post(`/groups/${trade}/add`, { ids: ola, do: 'sure' })
  const operation = await row(em, sql<{ id: number }>`select max(id) as id from bulk_operation`)
  const path = `/operations/${operation?.id}/undo`
  t.notMatch(words((await manager.get(path)).body), STOPS)
  await owe(em, ola, '3')
  t.match(
    words((await manager.get(path)).body),
    'This customer owes $3.00 and will no longer be able to buy on account.'
  )
  t.equal((await staff.get(path)).statusCode, 403)
  t.equal((await manager.post(path)).headers.location, path, 'wherever it was pressed')
  t.same(await groupsOf(em, ola), ['Trade'])
  t.equal((await manager.post(path, { sure: 'true' })).statusCode, 303)
  t.same(await groupsOf(em, ola), ['Plain'])
})

t.test('an import’s plan says it', async (t) => {
  const oda = await addCustomer(em, { firstName: 'Oda', email: 'oda@example.com', group: trade })
  await owe(em, oda, '12')
  const file = lines('Oda,,,oda@example.com,,,', 'Pia,,,pia@example.com,,,')
  const { page } = await checkFile(shop, manager, plain, file)
  t.match(
    words(page),
    'Some of these customers will no longer be able to buy on account. 1 of them owes $12.00 . Who is it? Oda $12.00'
  )
  t.notMatch(words((await checkFile(shop, manager, builders, file)).page), STOPS)
})

t.test('a group that stops to sell on account asks once, with everything typed kept', async (t) => {
  const group = await addGroup(em, 'Credit', { allowsOnAccount: true })
  await debtor('Quy', '20', group)
  await debtor('Ria', '30', group)
  await addCustomer(em, { firstName: 'Sam', group })
  const edit = (form: Form) => manager.post(`/groups/${group}/edit`, { name: 'Credit', version: 1, ...form })
  t.equal((await staff.post(`/groups/${group}/edit`, { name: 'Credit', version: 1, sure: 'true' })).statusCode, 403)
  const asked = await edit({ name: 'No credit', description: 'Why <b>' })
  t.equal(asked.statusCode, 422)
  t.match(
    words(asked.body),
    '2 customers in Credit owe $50.00 and will no longer be able to buy on account. Save and stop'
  )
  t.equal(fieldValue(asked.body, 'name'), 'No credit')
  t.equal(fieldValue(asked.body, 'description'), 'Why <b>')
  t.equal(asked.body.split('Save Changes</button>').length, 2, 'but for the hidden one, which answers nothing')
  const restricted = await edit({ allowsOnAccount: 'true', restrictsPurchases: 'true' })
  t.match(
    words(restricted.body),
    '2 customers in Credit owe $50.00 and will no longer be able to buy on account. Save and restrict'
  )
  const sure = answerTo(asked.body) ?? ''
  const other = await edit({ allowsOnAccount: 'true', restrictsPurchases: 'true', sure })
  t.match(words(other.body), 'You changed the settings. 2 customers in Credit owe $50.00')
  const undone = await edit({ allowsOnAccount: 'true', sure })
  t.equal(undone.statusCode, 422, 'the button that was pressed said something else')
  t.match(words(undone.body), 'You changed the settings. Check them, then save.')
  t.equal((await edit({ sure: 'x <b>' })).statusCode, 422)
  t.equal(
    (await edit({ allowsOnAccount: 'true', allowsDiscounts: 'true' })).statusCode,
    303,
    'what stays on is nothing'
  )
  const tim = await debtor('Tim', '1', group)
  const more = await edit({ name: 'No credit', version: 2, sure })
  t.equal(more.statusCode, 422, 'an answer is to one question only')
  t.match(words(more.body), '3 customers in Credit owe $51.00 and will no longer')
  for (const odd of ['true', '', '\0', '-1', '9'.repeat(400)])
    t.equal((await edit({ name: 'No credit', version: 2, sure: odd })).statusCode, 422)
  await owe(em, tim, '-1')
  t.equal((await edit({ name: 'No credit', version: 2, sure })).statusCode, 303, 'fewer than were asked about')
  t.match(words((await manager.get(`/groups/${group}`)).body), 'No credit')
  t.equal((await edit({ name: 'Still no credit', version: 3 })).statusCode, 303)
})

t.test('deleting a group says what its members lose, and what ends with it', async (t) => {
  const group = await addGroup(em, 'Gone', { allowsOnAccount: true, allowsDiscounts: true })
  await debtor('Tom', '1000', group)
  await debtor('Uma', '152.87', group)
  const vic = await addCustomer(em, { firstName: 'Vic', group })
  const outsider = await addCustomer(em, { firstName: 'Wim' })
  const selection = randomUUID()
  await manager.post(`/groups/${group}/add`, { do: 'tick', selection, shown: outsider, ids: outsider })
  const cleared = randomUUID()
  await manager.post(`/groups/${group}/add`, { do: 'tick', selection: cleared, shown: outsider, ids: outsider })
  await manager.post(`/groups/${group}/add`, { do: 'none', selection: cleared })
  await checkFile(shop, manager, group, lines('Xia,,,xia@example.com,,,'))
  const said = words((await manager.get(`/groups/${group}/delete`)).body)
  t.match(said, '3 customers will no longer be able to buy on account. 2 of them owe $1,152.87 .')
  t.match(said, 'Who are they? Tom $1,000.00 Uma $152.87')
  t.match(said, '3 customers will no longer be able to get manual discounts.')
  t.match(said, '1 open selection for this group will be lost.')
  t.match(said, '1 unfinished import into Gone will be lost.')
  t.equal((await staff.get(`/groups/${group}/delete`)).statusCode, 403)
  t.equal((await manager.post(`/groups/${group}/deletion`, { move: 'true' })).statusCode, 303)
  t.same(await groupsOf(em, vic), ['Default'])

  const quiet = await addGroup(em, 'Quiet', { allowsOnAccount: true })
  await addCustomer(em, { firstName: 'Yan', group: quiet })
  const nobody = words((await manager.get(`/groups/${quiet}/delete`)).body)
  t.match(nobody, '1 customer will no longer be able to buy on account. Nothing is owed.')
  t.notMatch(nobody, /manual discounts|open selection|unfinished/)
  const none = words((await manager.get(`/groups/${closed}/delete`)).body)
  t.notMatch(none, STOPS)
  t.equal((await row(em, sql<{ n: number }>`select count(*)::int as n from customer_group where id = ${quiet}`))?.n, 1)
})
