import { sql } from 'kysely'
import t from 'tap'
import { Customer } from '../../src/customers/customer.ts'
import { rows } from '../../src/db/rows.ts'
import { deleteCustomer } from '../../src/erasure/deletion.ts'
import { programOf, saleBody } from '../api/till.ts'
import { NOW, testApp, words } from '../helper.ts'
import { addCustomer, addGroup } from '../shop.ts'

const shop = await testApp(t)
const { em } = shop
const manager = await shop.as('manager')
const till = await programOf(shop)
const harbour = await programOf(shop, 'Till 1', undefined, 'Harbour')
const barred = await addCustomer(em, {
  firstName: 'Bar',
  group: await addGroup(em, 'Barred', { restrictsPurchases: true })
})

await till.post('/sales/batch', {
  sales: [saleBody({ customer_id: barred, receipt: 'R-1' }), { note: 'For Bar Smith', customer_id: barred }]
})
await harbour.post('/sales/batch', { sales: [saleBody({ receipt: 'H-1', tenders: { on_account: '20.00' } })] })

const listed = async (query = '') => words((await manager.get(`/review${query}`)).body)

t.test(
  'managers see what policy would have refused, with the money at stake; staff do not, nor see a way to',
  async (t) => {
    const text = await listed()
    t.match(text, '3 notes to look at')
    t.match(
      text,
      /Purchases restricted Customers in Barred can’t buy at all\. .* High Street, till Till 1, Bar , receipt R-1 \$20\.00/
    )
    t.match(text, /No on-account sale Walk-in sales are paid at once\. .* Harbour, till Till 1, receipt H-1 \$20\.00/)
    t.match(
      text,
      /Not a valid sale id: This field is missing\. .* What the till sent \{"note":"For Bar Smith","customer_id":\d+\}/
    )
    const staff = await shop.as('staff')
    t.equal((await staff.get('/review')).statusCode, 403)
    t.equal((await staff.post('/review', { all: '1', to: 'settled' })).statusCode, 403)
    t.notMatch((await staff.get('/customers')).body, '/review')
    t.equal((await shop.anonymous.get('/review')).statusCode, 303)
    t.match((await manager.get('/groups')).body, '/review')
  }
)

t.test('of one shop alone', async (t) => {
  const [{ id } = { id: 0 }] = await rows(em, sql<{ id: number }>`select id from shop where name = 'Harbour'`)
  const text = await listed(`?shop=${id}`)
  t.match(text, 'H-1')
  t.notMatch(text, 'R-1')
  t.match(await listed('?shop=999'), 'No notes match')
})

t.test('one is settled, or all that are shown; and reopened', async (t) => {
  const ids = (await rows(em, sql<{ id: string }>`select id from review order by id`)).map(({ id }) => id)
  const one = await manager.post('/review', { one: ids[0] ?? '', all: ids.join(','), to: 'settled', back: '/review' })
  t.equal(one.statusCode, 303)
  t.match(await listed(), /1 note is settled\. .*2 notes to look at/)
  t.match(await listed('?settled=show'), 'Settled by manager person')
  await manager.post('/review', { all: ids.join(','), to: 'settled' })
  t.match(await listed(), 'Nothing to review')
  await manager.post('/review', { one: ids[1] ?? '', all: ids.join(','), to: 'open' })
  t.match(await listed(), '1 note to look at')
  t.match(words((await manager.get('/activity')).body), 'manager person reopened 1 note in To review')
  t.equal((await manager.post('/review', { all: ids.join(','), to: 'nonsense' })).statusCode, 400)
})

t.test('what a till sent goes with the customer it names', async (t) => {
  await deleteCustomer(em, await em.findOneOrFail(Customer, barred), { id: 1, now: NOW })
  t.same(await rows(em, sql`select received from review where received is not null`), [])
  t.same(await rows(em, sql`select customer_id from review where customer_id is not null and customer_id <> 1`), [])
})
