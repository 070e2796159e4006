import t from 'tap'
import { openDatabase, SIZE } from './helper.ts'

const TABLES =
  'retailer staff_member customer_group customer primary_membership list_membership customer_totals product sale sale_line account_entry'.split(
    ' '
  )

/** All that the migrations have made: columns, keys, checks, foreign keys, indexes, triggers, and what is left of them. */
const CATALOGUE = `
  select 'constraint' as kind, conrelid::regclass::text || ' ' || conname as name,
    concat_ws(' ', pg_get_constraintdef(oid), convalidated, condeferrable, condeferred) as definition
  from pg_constraint where connamespace = 'public'::regnamespace
  union all
  select 'index', indexrelid::regclass::text, concat_ws(' ', pg_get_indexdef(indexrelid), indisvalid, indisprimary)
  from pg_index join pg_class on pg_class.oid = indrelid where relnamespace = 'public'::regnamespace
  union all
  select 'trigger', tgrelid::regclass::text || ' ' || tgname, concat_ws(' ', pg_get_triggerdef(oid), tgenabled) from pg_trigger where not tgisinternal
  union all
  select 'column', attrelid::regclass::text || ' ' || attname, concat_ws(' ', atttypid, attnotnull, attidentity, attgenerated)
  from pg_attribute join pg_class on pg_class.oid = attrelid
  where relnamespace = 'public'::regnamespace and relkind = 'r' and attnum > 0
  order by 1, 2
`

/** What is in the database, without the order in which it lies there. */
async function fingerprint({ ask }: Awaited<ReturnType<typeof openDatabase>>): Promise<unknown> {
  const parts = TABLES.map(
    (table) => `select '${table}', md5(string_agg(t::text, ' ' order by t::text)) from ${table} t`
  )
  return ask(`${parts.join(' union all ')} order by 1`)
}

const one = await openDatabase(t)
const { ask, fill } = one
const before = await ask(CATALOGUE)
const counts = await fill(`${SIZE} --seed 7`)

t.test('as many of each as were asked for', async (t) => {
  for (const table of TABLES.slice(2)) {
    t.same(await ask(`select count(*)::integer from ${table}`), [{ count: counts[table] }], table)
  }
  const { customer, customer_group, sale, list_membership, sale_line = 0, account_entry = 0 } = counts
  t.same(
    { customer, customer_group, sale, list_membership },
    { customer: 2001, customer_group: 60, sale: 5000, list_membership: 6000 }
  )
  t.ok(sale_line > 12_000 && sale_line < 15_000 && account_entry > 10, `${sale_line} lines, ${account_entry} entries`)
})

t.test('the schema is what the migrations made, and every check and key holds', async (t) => {
  t.same(await ask(CATALOGUE), before)
  t.same(await ask(`select conname from pg_constraint where not convalidated`), [])
  const checks = await ask(`
    select conrelid::regclass::text as name, pg_get_expr(conbin, conrelid) as holds from pg_constraint
    where contype = 'c' and connamespace = 'public'::regnamespace and conrelid <> 0
  `)
  for (const { name, holds } of checks) t.same(await ask(`select 1 from ${name} where not (${holds})`), [], `${holds}`)
  await ask(`begin; insert into customer (first_name, email) values ('Ana', 'ana@example.com')`)
  await t.rejects(ask('commit'), { message: /customer_has_/ }, 'the next free id, and deferred keys are looked at')
  await ask('rollback')
  await t.rejects(ask(`update customer set first_name = 'Ana' where id = 1`), { code: 'CL003' })
})

t.test('totals and accounts equal a recount', async (t) => {
  const totals = `
    select customer_id, orders, spent, last_order_at from customer_totals except
    select customer.id, count(sale) filter (where total >= 0), coalesce(sum(total), 0), max(sold_at) filter (where total >= 0)
    from customer left join sale on customer_id = customer.id and customer.id <> 1 group by customer.id
  `
  t.same(await ask(totals), [])
  const sales = `
    select 1 from sale join (
      select sale_id, sum(amount), min(customer_id) as low, max(customer_id) as high from sale_line group by sale_id
    ) line on sale_id = id
    where total <> sum or low is distinct from customer_id or high is distinct from customer_id
  `
  t.same(await ask(sales), [])
  const charges = `
    select 1 from sale full join account_entry on sale_id = sale.id and account_entry.kind = 'charge' left join primary_membership membership on membership.customer_id = sale.customer_id
      left join customer_group on customer_group.id = group_id
    where (on_account <> 0 or account_entry.kind = 'charge') and (on_account is distinct from amount or not allows_on_account)
  `
  t.same(await ask(charges), [])
  t.same(
    await ask('select 1 from account_entry group by customer_id having sum(amount) < 0'),
    [],
    'nobody paid too much'
  )
  const balances = 'select customer_id, sum(amount) as balance from account_entry group by customer_id'
  t.ok((await ask('select 1 from account_balance where balance > 0')).length > 0)
  t.same(await ask(`select customer_id, balance from account_balance except ${balances}`), [])
  t.same(await ask(`${balances} except select customer_id, balance from account_balance`), [])
})

t.test('nothing happens before its time', async (t) => {
  const early = `
    select 1 from customer join membership on customer_id = customer.id join customer_group on customer_group.id = group_id
    where joined_at < customer.created_at or joined_at < customer_group.created_at or joined_at >= '2026-11-25'
    union all select 1 from customer join sale on customer_id = customer.id where sold_at < created_at or sold_at >= '2026-11-25'
  `
  t.same(await ask(early), [])
})

t.test('the same seed makes the same retailer, also over another one, and another seed another', async (t) => {
  const first = await fingerprint(one)
  const other = await openDatabase(t)
  await other.fill(`${SIZE} --seed 8`)
  t.notSame(await fingerprint(other), first)
  await other.fill(`${SIZE} --seed 7`)
  t.same(await fingerprint(other), first)
})
