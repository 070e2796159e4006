import pg from 'pg'
import type { Test } from 'tap'
import { createDatabase } from './database.ts'

/** Group 10 is VIP, 11 is Staff and 12 is the list Newsletter. Customer 20 is in VIP and Newsletter, 21 in Default. */
const SHOP = `
  begin;
  insert into customer_group (id, kind, name) values (10, 'primary', 'VIP'), (11, 'primary', 'Staff'), (12, 'list', 'Newsletter');
  insert into customer (id, first_name, phone, email) values (20, 'Ann', '+12065550123', 'ann@example.com'), (21, 'Bob', null, 'bob@example.com');
  insert into primary_membership (customer_id, group_id, joined_at) values (20, 10, now()), (21, 1, now());
  insert into list_membership (customer_id, group_id, joined_at) values (20, 12, now());
  insert into customer_totals (customer_id) values (20), (21);
  commit
`

const EVERYTHING = `
  select 'customer' as table, to_jsonb(one) - 'created_at' as row from customer one
  union all select 'group', to_jsonb(one) - 'created_at' from customer_group one
  union all select 'primary', to_jsonb(one) from primary_membership one
  union all select 'list', to_jsonb(one) from list_membership one
  union all select 'totals', to_jsonb(one) from customer_totals one
  union all select 'account', to_jsonb(one) from account_entry one
  order by 1, 2
`

/** Opens a connection to a database that holds SHOP, for statements that an outsider with psql might type. */
export async function rawShop(t: Test) {
  const database = await createDatabase()
  const client = new pg.Client({ connectionString: database.url })
  await client.connect()
  await client.query(SHOP)
  t.teardown(async () => {
    await client.end()
    await database.drop()
  })
  return client
}

export type Attempt = [what: string, statements: string, brokenRule: string]

/**
 * Tries each attempt in a transaction, which must fail by the named constraint (or by a guard's own code) and leave
 * nothing behind.
 */
export async function allFail(t: Test, client: pg.Client, attempts: Attempt[]): Promise<void> {
  const before = (await client.query(EVERYTHING)).rows
  for (const [what, statements, brokenRule] of attempts) {
    const error = await client.query(`begin; ${statements}; commit`).then(
      () => 'nothing stopped it',
      (one: pg.DatabaseError) => one.constraint ?? one.code
    )
    await client.query('rollback')
    t.equal(error, brokenRule, what)
    t.same((await client.query(EVERYTHING)).rows, before, `${what}: leaves nothing`)
  }
}
