import { randomUUID } from 'node:crypto'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { row } from '../../src/db/rows.ts'
import { count, type Form, testApp, words } from '../helper.ts'
import { addGroup, addList, groupsOf } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const staff = await shop.as('staff')
const vip = await addGroup(em, 'VIP')
const news = await addList(em, 'News')
const ada = () => ({ firstName: 'Ada', email: `${randomUUID()}@example.com`, key: randomUUID() })

t.test('a new customer costs two questions: who asks, and all that is new in one transaction', async (t) => {
  // What a connection prepares, it prepares once.
  await staff.post('/customers', ada())
  const asked: string[] = []
  const { prototype } = pg.Client
  const { query } = prototype
  prototype.query = function (this: pg.Client, ...given: unknown[]) {
    asked.push(typeof given[0] === 'string' ? given[0] : JSON.stringify(given[0]))
    return Reflect.apply(query, this, given)
  } as typeof query
  t.teardown(() => {
    prototype.query = query
  })
  t.equal((await staff.post('/customers', ada())).statusCode, 303)
  t.equal(asked.length, 2, asked.join('\n'))
})

t.test('a double click makes one customer, in groups or not, and leads to them both times', async (t) => {
  const choices: Form[] = [{}, { primary: vip, lists: [news] }]
  for (const groups of choices) {
    const entered = ada()
    const form: Form = { ...entered, ...groups }
    const answers = await Promise.all([1, 2, 3].map(() => staff.post('/customers', form)))
    const [first] = answers
    t.match(first?.headers.location, /^\/customers\/\d+$/)
    for (const { statusCode, headers } of [...answers, await staff.post('/customers', form)])
      t.same([statusCode, headers.location], [303, first?.headers.location])
    t.equal(await count(em, sql`select count(*)::int as n from customer where email = ${entered.email}`), 1)
    const id = Number(first?.headers.location?.split('/').at(-1))
    const noted = sql`customer_id = ${id} and kind = 'customer-created'`
    t.equal(await count(em, sql`select count(*)::int as n from activity where ${noted}`), 1, 'on record once')
    const expected = 'primary' in groups ? ['VIP', 'News'] : ['Default']
    t.same((await groupsOf(em, id)).toSorted(), expected.toSorted())
  }
})

t.test('of those who enter an e-mail at once all but one are told whose it is, and may try again', async (t) => {
  const { email } = ada()
  const forms = [1, 2, 3, 4].map((place) => ({ firstName: `Ada ${place}`, email, key: randomUUID() }))
  const answers = await Promise.all(forms.map((form) => staff.post('/customers', form)))
  t.same(answers.map(({ statusCode }) => statusCode).sort(), [303, 422, 422, 422])
  for (const { body } of answers.filter(({ statusCode }) => statusCode === 422))
    t.match(words(body), /This e-mail belongs to Ada \d\./)
  const told = answers.findIndex(({ statusCode }) => statusCode === 422)
  const again = await staff.post('/customers', { ...forms[told], ...{ email: ada().email } })
  t.equal(again.statusCode, 303, 'its key is not spent')
  const made = await row(em, sql<{ n: number }>`select count(*)::int as n from customer where first_name like 'Ada %'`)
  t.equal(made?.n, 2)
})
