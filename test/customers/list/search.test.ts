import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../../src/db/rows.ts'
import { testApp } from '../../helper.ts'
import { addCustomer } from '../../shop.ts'
import { addPeople, found, JOAN, JOSE, MAX, PERCY } from './people.ts'

const shop = await testApp(t)
const staff = await shop.as('staff')
await addPeople(shop)

t.test('search finds any part of a name, in any accent, case and order', async (t) => {
  for (const q of ['jose', 'JOSÉ', 'jose\u0301', 'ose', 'nandu', 'Ñandú José', '  nan   jos ', 'ｊｏｓｅ'])
    t.same(await found(staff, { q }), [JOSE], q)
  t.same(await found(staff, { q: "o'neil" }), [JOAN], 'a plain apostrophe finds a typographic one')
  t.same(await found(staff, { q: 'neil-ross' }), [JOAN])
  t.same(await found(staff, { q: 'walk-in' }), [])
})

t.test('one or two letters find only the beginnings of words', async (t) => {
  t.same(await found(staff, { q: 'jo' }), [JOAN, JOSE], 'not Max, whose e-mail begins so')
  t.same(await found(staff, { q: 'os' }), [])
  t.same(await found(staff, { q: 'ñ' }), [JOSE])
  t.same(await found(staff, { q: 'jo max' }), [], 'every word has to be there')
})

t.test('search finds a phone by any digits, however it is written', async (t) => {
  for (const q of [
    '2065550123',
    '(206) 555-0123',
    '206.555.0123',
    '+1 206 555 0123',
    '001 206 555 0123',
    '5550',
    '0123',
    '123'
  ])
    t.same(await found(staff, { q }), [JOSE], q)
  for (const q of ['020 7946 0958', '+44 20 7946 0958', '+44 (0)20 7946 0958', '0044 20 7946 0958', '7946/0958'])
    t.same(await found(staff, { q }), [JOAN], q)
  t.same(await found(staff, { q: '206555012399' }), [])
})

t.test('search finds a part of an e-mail', async (t) => {
  for (const q of ['mail.example', 'JN@MAIL', 'jn@mail.example']) t.same(await found(staff, { q }), [JOSE], q)
  t.same(await found(staff, { q: 'max+shop' }), [MAX])
  t.same(await found(staff, { q: 'joanna.max+shop@example.com' }), [MAX])
})

t.test('search finds any part of the company, and the beginnings of its short words', async (t) => {
  const company = 'Bäckerei Quast & Söhne'
  const worker = await addCustomer(shop.em, { firstName: 'Zoe', email: 'zoe@example.org', company })
  const named = await addCustomer(shop.em, { firstName: 'Quast', email: 'quast@example.com' })
  const ids = async (q: string) =>
    [...(await staff.get(`/customers?${new URLSearchParams({ q })}`)).body.matchAll(/href="\/customers\/(\d+)"/g)].map(
      ([, id]) => Number(id)
    )
  for (const q of ['backerei', 'BÄCKEREI quast', 'quast & söhne', 'zoe quast', 'erei', 'quast & s', 'bä'])
    t.same(await ids(q), [worker], q)
  t.same(await ids('quast'), [named, worker])
  t.same(await ids('example.org'), [worker], 'their e-mail as before')
  t.same(await ids('zoe@example.org'), [worker])
  t.same(await ids('backerei zoo'), [])
  const { body } = await staff.get('/customers?q=quast')
  t.match(body, /<span class="mail kept">Bäckerei <mark>Quast<\/mark> &amp; Söhne<\/span>/, 'the list says why')
  await rows(shop.em, sql`update customer set company = null where id = ${worker}`)
  t.same(await ids('backerei'), [])
  await rows(shop.em, sql`delete from customer where id in (${worker}, ${named})`)
})

t.test('nothing in a search is a wildcard', async (t) => {
  for (const q of ['100%', 'percy_a', '_a\\b', 'y_A', '100％', 'a\\b']) t.same(await found(staff, { q }), [PERCY], q)
  for (const q of ['p%y', '___', '%%%', 'perc__a', '%percy', '1％0', '\\\\\\', "' or 1=1 --", 'a＼%b'])
    t.same(await found(staff, { q }), [], q)
})
