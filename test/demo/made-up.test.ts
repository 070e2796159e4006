import { verify } from 'argon2'
import { sql } from 'kysely'
import { parsePhoneNumberFromString } from 'libphonenumber-js'
import t from 'tap'
import { copyFile, difference, NEW_YORK, NOW, openDatabase } from './helper.ts'

const { load, ask } = await openDatabase(t)
await load()
await copyFile(ask)

t.test('there are five lists, joined before today and none of them empty', async (t) => {
  const lists = await ask(sql`
    select name, count(*)::integer as members, max(joined_at) <= ${NOW} and min(joined_at) >= created_at as is_past
    from customer_group join list_membership on group_id = id group by id order by id
  `)
  t.equal(lists.length, 5)
  for (const list of lists) t.ok(list.is_past && Number(list.members) > 0, String(list.name))
  const spenders = sql`
    select name collate "C" from file where day > (select max(day) from file) - 90 group by name having sum(amount) >= 1000
  `
  const listed = sql`
    select customer.name collate "C" from list_membership join customer on id = customer_id
    where group_id = (select id from customer_group where name = 'Big spenders, 90 days')
  `
  t.same(await ask(difference(spenders, listed)), [])
})

t.test('the last sale was yesterday, and all were in shop hours', async (t) => {
  const hours = sql`
    select max(local)::date::text as last, min(local::time) >= '9:00' and max(local::time) < '21:00' as is_open
    from (select sold_at at time zone ${NEW_YORK} as local from sale) sold
  `
  t.same(await ask(hours), [{ last: '2026-02-28', is_open: true }])
})

t.test('customers are on the books just before their first sale, and can all be reached', async (t) => {
  const early = sql`
    select 1 from customer join (select customer_id, min(sold_at) as sold_at from sale group by customer_id) first on customer_id = id
    where created_at >= sold_at or created_at < sold_at - interval '1 hour'
  `
  t.same(await ask(early), [])
  const people = await ask(
    sql`select *, extract(year from age(${NOW}, birth_date))::integer as age from customer where id <> 1`
  )
  for (const { name, phone, email, age } of people) {
    const isAdult = age === null || (Number(age) >= 18 && Number(age) <= 80)
    if (!parsePhoneNumberFromString(String(phone))?.isValid() || !isAdult) t.fail(`${name}: ${phone}, ${age}`)
    if (!/^[a-z._]+@example\.(com|org|net)$/.test(String(email))) t.fail(`${name}: ${email}`)
  }
  t.equal(new Set(people.map(({ phone }) => phone)).size, 793)
  const without = (field: string) => people.filter((person) => person[field] === null).length / people.length
  t.ok(without('birth_date') > 0.02 && without('birth_date') < 0.08)
  t.ok(without('gender') > 0.02 && without('gender') < 0.2)
})

t.test('accounts: Corporate only, charged what was sold, most settled and a few open', async (t) => {
  const charges = sql`
    select 1 from sale full join account_entry charge on charge.sale_id = sale.id left join primary_membership membership on membership.customer_id = sale.customer_id
    where (on_account <> 0 or kind = 'charge')
      and (on_account, on_account, group_id) is distinct from (total, amount, (select id from customer_group where name = 'Corporate'))
  `
  t.same(await ask(charges), [])
  t.same(await ask(sql`select 1 from account_entry where entered_at > ${NOW}`), [])
  const balances = await ask(sql`select sum(amount)::float as owed from account_entry group by customer_id`)
  const open = balances.filter(({ owed }) => owed !== 0)
  t.ok(
    balances.length > 50 && open.length >= 3 && open.length < balances.length / 4,
    `${open.length} of ${balances.length}`
  )
  t.notOk(
    open.some(({ owed }) => Number(owed) < 0),
    'nobody has paid too much'
  )
})

t.test('three people may sign in', async (t) => {
  const staff = await ask(sql`select name, email, role, password_hash from staff_member order by id`)
  t.match(staff, [
    { name: 'Ana Ruiz', email: 'admin@demo.test', role: 'admin', password_hash: /^\$argon2id\$/ },
    { name: 'Mia Tan', email: 'manager@demo.test', role: 'manager', password_hash: /^\$argon2id\$/ },
    { name: 'Sam Cole', email: 'staff@demo.test', role: 'staff', password_hash: /^\$argon2id\$/ }
  ])
  for (const person of staff) t.ok(await verify(String(person.password_hash), 'clientele-demo'))
})
