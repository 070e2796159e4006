import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import t from 'tap'
import { isSpelled } from '../../src/customers/twins.ts'
import { rows } from '../../src/db/rows.ts'
import { type Client, count, testApp, words } from '../helper.ts'
import { answerTo, fieldValue, flashOf } from '../page.ts'
import { addCustomer, addGroup, addList, groupsOf, join } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const [staff, manager] = [await shop.as('staff'), await shop.as('manager')]

/** The operation that the last word offers to undo; undefined if it offers none. */
function undoOf(browser: Client): number | undefined {
  return JSON.parse(Buffer.from(browser.cookies.get('flash') ?? '', 'base64url').toString()).undo
}

t.test('a customer is edited in a window over the list, which is gone on with afterwards', async (t) => {
  const id = await addCustomer(em, { firstName: 'Ann', lastName: 'Lee', phone: '+12065550100' })
  const back = '/customers?q=lee'
  const window = await staff.part(`/customers/${id}/edit?back=${encodeURIComponent(back)}`)
  t.match(window.body.trim(), /^<div class="dialog-content">/)
  t.match(window.body, 'hx-target="#dialog"')
  t.equal(fieldValue(window.body, 'back'), back)
  const page = await staff.get(`/customers/${id}/edit?back=${encodeURIComponent(back)}`)
  t.match(page.body, '<html', 'a page without scripts')
  const form = { firstName: 'Anna', lastName: 'Lee', phone: '(206) 555-0100', version: 1, primaryWas: 1, back }
  const wrong = await staff.post(`/customers/${id}/edit`, { ...form, firstName: '' })
  t.equal(wrong.statusCode, 422)
  t.equal(fieldValue(wrong.body, 'back'), back)
  const saved = await staff.post(`/customers/${id}/edit`, form)
  t.equal(saved.headers.location, back)
  t.equal(flashOf(staff), 'Anna Lee was saved.')
  await staff.post(`/customers/${id}/edit`, { ...form, lastName: 'Li', version: 2, back: '//elsewhere.test' })
  t.equal(flashOf(staff), 'Anna Li was saved.')
})

t.test('a list or another primary group in one step, with its effect named before and its Undo after', async (t) => {
  const [trade, retail, club] = [await addGroup(em, 'Trade'), await addGroup(em, 'Retail'), await addList(em, 'Club')]
  const id = await addCustomer(em, { firstName: 'Bob', group: trade })
  const asked = await staff.get(`/customers/${id}/primary-group`)
  t.match(words(asked.body), 'Bob is in Trade now. The group you choose replaces it')
  const options = await staff.part(`/customers/${id}/primary-group?q=RET`)
  t.match(options.body.trim(), /^<div data-results/)
  t.match(words(options.body), 'Retail')
  t.notMatch(words((await staff.part(`/customers/${id}/primary-group?q=trade`)).body), 'Trade ', 'where they are')
  const moved = await staff.post(`/customers/${id}/primary-group`, { group: retail, was: trade })
  t.equal(moved.headers.location, `/customers/${id}`)
  t.equal(flashOf(staff), 'Bob moved from Trade to Retail.')
  await staff.post(`/operations/${undoOf(staff)}/undo`)
  t.equal(flashOf(staff), 'Bob is back in Trade.')
  await staff.post(`/customers/${id}/lists`, { group: club, back: '/customers?q=bob' })
  t.equal(flashOf(staff), 'Bob was added to Club.')
  t.same(await groupsOf(em, id), ['Trade', 'Club'])
  const undo = undoOf(staff)
  await staff.post(`/customers/${id}/lists`, { group: club })
  t.equal(flashOf(staff), 'Bob is already in Club.')
  t.match(words((await staff.get(`/customers/${id}`)).body), 'Remove from Club')
  await staff.post(`/operations/${undo}/undo`)
  t.equal(flashOf(staff), 'Bob is no longer in Club.')
  t.same(await groupsOf(em, id), ['Trade'])
})

t.test('nobody is put where they may not be, nor out of a group that whoever chose has not seen', async (t) => {
  const [credit, plain, other] = [
    await addGroup(em, 'Credit', { allowsOnAccount: true }),
    await addGroup(em, 'Plain'),
    await addGroup(em, 'Other')
  ]
  const list = await addList(em, 'Mail')
  const id = await addCustomer(em, { firstName: 'Cid' })
  t.notMatch(words((await staff.get(`/customers/${id}/primary-group`)).body), 'Credit')
  t.match(words((await manager.get(`/customers/${id}/primary-group`)).body), 'Credit')
  t.equal((await staff.post(`/customers/${id}/primary-group`, { group: credit, was: 1 })).statusCode, 403)
  await join(em, other, [id])
  const late = await staff.post(`/customers/${id}/primary-group`, { group: plain, was: 1 })
  t.equal(late.statusCode, 409)
  t.match(words(late.body), 'Someone else just moved Cid. Nothing was changed. Choose again.')
  t.match(words(late.body), 'Cid is in Other now.')
  for (const group of [list, 2, 999_999, 'x', '']) {
    const answer = await staff.post(`/customers/${id}/primary-group`, { group })
    t.ok([409, 403].includes(answer.statusCode), `${group}: ${answer.statusCode}`)
  }
  t.equal((await staff.post(`/customers/${id}/lists`, { group: plain })).statusCode, 409)
  t.same(await groupsOf(em, id), ['Other'])
  await manager.post(`/customers/${id}/primary-group`, { group: credit, was: other })
  await staff.post(`/customers/${id}/primary-group`, { sure: plain, was: credit })
  t.equal(undoOf(staff), undefined, 'staff can’t put them back')
  for (const path of ['lists', 'primary-group']) {
    t.equal((await shop.anonymous.post(`/customers/${id}/${path}`, { group: list })).statusCode, 401)
    t.equal((await shop.anonymous.get(`/customers/${id}/${path}`)).statusCode, 303)
    t.equal((await staff.get(`/customers/1/${path}`)).statusCode, 409, 'the walk-in customer')
    t.equal((await staff.get(`/customers/999999/${path}`)).statusCode, 404)
    const searched = await staff.get(`/customers/${id}/${path}?q=${encodeURIComponent('<b>\0‮%_\'" OR 1=1')}`)
    t.equal(searched.statusCode, 200)
  }
})

const rosa = {
  firstName: 'Rósa',
  lastName: 'Delgado',
  phone: '',
  email: 'rosa2@example.com',
  birthDate: '',
  gender: ''
}

t.test(
  'who has the same name and birth date or city is shown once, before somebody is made a second time',
  async (t) => {
    const club = await addList(em, 'Rosa’s list')
    const first = await addCustomer(em, {
      firstName: 'Rosa',
      lastName: 'DELGADO',
      phone: '+12065550177',
      location: 'São Paulo',
      birthDate: '1984-02-29',
      lists: [club]
    })
    await addCustomer(em, { firstName: 'Rosa', lastName: 'Delgado Ruiz', location: 'Sao Paulo' })
    await addCustomer(em, { firstName: 'Rosa', lastName: 'Delgado', location: 'Lima' })
    const key = randomUUID()
    const send = (more: object) => staff.post('/customers', { ...rosa, key, ...more })
    for (const [same, more] of [
      ['city', { location: 'sao paulo' }],
      ['birth date', { birthDate: '1984-02-29', location: '' }],
      ['birth date and city', { birthDate: '1984-02-29', location: 'SÃO PAULO' }]
    ] as const) {
      const asked = await send(more)
      t.equal(asked.statusCode, 409)
      const said = words(asked.body)
      t.match(
        said,
        `Rosa DELGADO (opens in a new tab) , same ${same} (206) 555-0177 · São Paulo · Default, Rosa’s list`
      )
      t.notMatch(said, 'Ruiz')
      t.match(said, 'Save anyway')
      t.equal(fieldValue(asked.body, 'email'), 'rosa2@example.com', 'what was typed stays')
      t.equal(fieldValue(asked.body, 'key'), key)
      t.equal(answerTo(asked.body, 'shown'), `${first}`)
      t.notMatch(asked.body, 'Save Customer</button>')
      t.equal(fieldValue(asked.body, 'shown'), undefined, 'Enter answers nothing')
    }
    const more = { location: 'Sao Paulo', shown: first }
    const [made, again] = await Promise.all([send(more), send(more)])
    t.match(made.headers.location, /^\/customers\/\d+$/)
    t.equal(again.headers.location, made.headers.location, 'a double click')
    t.equal((await send({ location: 'Sao Paulo' })).headers.location, made.headers.location, 'Back, and sent again')
    const number = sql<{ n: number }>`select count(*)::int as n from customer where email = 'rosa2@example.com'`
    t.equal(await count(em, number), 1)
  }
)

t.test('an edit asks too, if it changes what tells people apart', async (t) => {
  await addCustomer(em, { firstName: 'Eve', lastName: 'Adams', birthDate: '1990-05-05' })
  const id = await addCustomer(em, {
    firstName: 'Eva',
    lastName: 'Adams',
    phone: '+12065550188',
    birthDate: '1990-05-05'
  })
  const edit = (more: object) =>
    staff.post(`/customers/${id}/edit`, {
      firstName: 'Eva',
      lastName: 'Adams',
      phone: '(206) 555-0188',
      birthDate: '1990-05-05',
      primaryWas: 1,
      ...more
    })
  t.equal((await edit({ version: 1, gender: 'female' })).statusCode, 303)
  const asked = await edit({ version: 2, firstName: 'EVE' })
  t.equal(asked.statusCode, 409)
  t.match(words(asked.body), 'same birth date')
  t.equal((await edit({ version: 2, firstName: 'EVE', shown: answerTo(asked.body, 'shown') ?? '' })).statusCode, 303)
  t.equal((await edit({ version: 3, firstName: 'EVE', gender: 'other' })).statusCode, 303, 'it is not asked again')
  t.equal((await edit({ version: 4, firstName: 'Eve', shown: 'x <b> 99999999999999999999' })).statusCode, 409)
  const [kept] = await rows(em, sql<{ version: number }>`select version from customer where id = ${id}`)
  t.equal(kept?.version, 4)
})

t.test('at the counter there is no waiting: who has a name is looked up in the index of names', async (t) => {
  await rows(em, sql`analyze customer`)
  const { plan } = await em.transactional(async (inner) => {
    await rows(inner, sql`set local enable_seqscan = off`)
    const found = await rows(
      inner,
      sql<Record<string, string>>`explain select from customer where ${isSpelled(sql`name`, 'Rósa')}`
    )
    return { plan: found.map((one) => Object.values(one)[0]).join('\n') }
  })
  t.match(plan, /Index.* using customer_by_name|Index Scan on customer_by_name/)
  t.match(plan, /Index Cond: .*name >= .*name </)
})
