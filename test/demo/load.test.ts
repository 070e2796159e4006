import { sql } from 'kysely'
import t from 'tap'
import { StartError } from '../../src/config.ts'
import { roundToCents } from '../../src/demo/superstore.ts'
import { copyFile, difference, NEW_YORK, openDatabase } from './helper.ts'

const { load, ask } = await openDatabase(t)
const [first, second] = await Promise.all([load(), load()])
await copyFile(ask)

t.test('of two that load at once one does, and later ones do nothing', async (t) => {
  t.same([first, second].sort(), [false, true])
  t.equal(await load(new Date('2026-05-05T12:00:00Z')), false)
})

t.test('everything in the file is there', async (t) => {
  const counts = sql`
    select (select count(*)::integer from customer where id <> 1) as customers, (select count(*)::integer from product) as products,
      (select count(*)::integer from sale) as sales, (select count(*)::integer from sale_line) as lines,
      (select count(*)::integer from customer_totals) as totals, (select count(*)::integer from primary_membership) as memberships
  `
  t.same(await ask(counts), [
    { customers: 793, products: 1894, sales: 5009, lines: 9994, totals: 794, memberships: 794 }
  ])
  t.same(await ask(sql`select name, country, time_zone, currency, locale, is_demo from retailer`), [
    { name: 'Superstore', country: 'US', time_zone: NEW_YORK, currency: 'USD', locale: 'en-US', is_demo: true }
  ])
  const twice = sql`select 1 from sale_line group by sale_id, product_id having count(*) > 1`
  t.equal((await ask(twice)).length, 8, 'eight orders hold a product twice')
})

t.test('every line is as in the file', async (t) => {
  const loaded = sql`
    select receipt, customer.name collate "C", customer_group.name collate "C", sku, product.name collate "C", quantity, amount
    from sale_line join sale on sale.id = sale_id
      join customer on customer.id = sale.customer_id and customer.id = sale_line.customer_id
      join primary_membership membership on membership.customer_id = customer.id
      join customer_group on customer_group.id = group_id
      join product on product.id = product_id
  `
  const file = sql`select receipt, name, segment, sku, product, quantity, amount from file`
  t.same(await ask(difference(loaded, file)), [])
})

t.test('totals equal a recount', async (t) => {
  const totals = sql`
    select name collate "C", orders, spent, (last_order_at at time zone ${NEW_YORK})::date
    from customer_totals join customer on id = customer_id where id <> 1
  `
  const recount = sql`
    select name, count(distinct receipt), sum(amount), max(day) + (date '2026-02-28' - (select max(day) from file)) from file group by name
  `
  t.same(await ask(difference(totals, recount)), [])
  const wrong = sql`select 1 from sale where total <> (select sum(amount) from sale_line where sale_id = sale.id)`
  t.same(await ask(wrong), [])
})

t.test('the segments are primary groups with the known figures', async (t) => {
  const groups = sql`
    select name, count(customer_id)::integer as members, round(avg(spent), 2)::text as average, allows_on_account, allows_discounts
    from customer_group left join primary_membership on group_id = id left join customer_totals using (customer_id)
    where kind = 'primary' group by customer_group.id order by customer_group.id
  `
  const [defaults, walkIn, consumer, corporate, homeOffice] = await ask(groups)
  t.match([defaults, walkIn], [{ members: 0 }, { members: 1 }])
  t.match(consumer, { name: 'Consumer', members: 409, average: '2839.61', allows_on_account: false })
  t.match(corporate, { name: 'Corporate', members: 236, allows_on_account: true, allows_discounts: true })
  t.match(homeOffice, { name: 'Home Office', members: 148, allows_on_account: false, allows_discounts: false })
  const units = sql`
    select sum(quantity)::integer as units from sale_line join primary_membership using (customer_id)
    join customer_group on id = group_id where name = 'Consumer' group by product_id order by 1 desc limit 1
  `
  t.same(await ask(units), [{ units: 47 }])
})

t.test('it comes out the same every time, whatever the day', async (t) => {
  const other = await openDatabase(t)
  t.equal(await other.load(new Date('2027-08-01T18:00:00Z')), true)
  const people = sql`
    select id, name, phone, email, birth_date, gender, location, group_id, orders, spent
    from customer join primary_membership membership on membership.customer_id = id join customer_totals totals on totals.customer_id = id order by id
  `
  t.same(await other.ask(people), await ask(people))
  const lines = sql`select sale_id, number, customer_id, product_id, amount from sale_line order by sale_id, number`
  t.same(await other.ask(lines), await ask(lines))
  t.same(await other.ask(sql`select max(sold_at at time zone ${NEW_YORK})::date::text as last from sale`), [
    { last: '2027-07-31' }
  ])
})

t.test('a database of somebody else is refused, and left alone', async (t) => {
  const { load, ask } = await openDatabase(t)
  await ask(
    sql`insert into retailer (name, country, time_zone, currency, locale) values ('Shop', 'DE', 'Europe/Berlin', 'EUR', 'de-DE')`
  )
  await t.rejects(
    load(),
    new StartError('DATABASE_URL names a database that another retailer uses. The demo needs an empty one.')
  )
  await ask(sql`delete from retailer`)
  await ask(sql`insert into staff_member (name, email, role) values ('Ada', 'ada@shop.example', 'admin')`)
  t.type(await load().catch((error: unknown) => error), StartError)
  t.same(await ask(sql`select count(*)::integer as n from customer`), [{ n: 1 }])
})

t.test('money is rounded to cents, half up, exactly', async (t) => {
  const rounded = ['957.5775', '0.444', '1.005', '0.995', '45', '114.9', '22638.48', '0.0049'].map(roundToCents)
  t.same(rounded, ['957.58', '0.44', '1.01', '1.00', '45.00', '114.90', '22638.48', '0.00'])
  t.throws(() => roundToCents('1e3'))
})
