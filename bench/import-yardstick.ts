import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { escapeForCopy, orCopyNull } from '../src/db/copy-text.ts'
import type { Row } from './imports.ts'
import { timed } from './measure.ts'

/**
 * The same rows by the leanest SQL, over one connection of `pg`: COPY of values that are clean already, the same matching by
 * phone and e-mail, the same inserts. Takes away what it has made, after the clock has stopped; answers in ms.
 */
export async function importYardstick(client: pg.Client, list: number, rows: Row[]): Promise<number> {
  const lines = toLines(rows)
  const took = await timed(async () => {
    await client.query('begin')
    await client.query(`create temporary table entered (first_name text, last_name text, phone text, email text, birth_date date)
      on commit drop`)
    await pipeline(Readable.from(lines), client.query(from('copy entered from stdin')))
    await client.query('analyze entered')
    for (const statement of STATEMENTS) await client.query(statement.replaceAll('$list', String(list)))
    await client.query('commit')
  }).catch(async (error: unknown) => {
    // The cases that follow use the same connection.
    await client.query('rollback')
    throw error
  })
  await client.query('delete from list_membership where group_id = $1', [list])
  await client.query(`delete from customer where email like 'imported%@example.org'`)
  return took
}

const STATEMENTS = [
  `create temporary table matched on commit drop as
    select entered.*, coalesce(by_phone.id, by_email.id) as id from entered
    left join customer by_phone on by_phone.phone = entered.phone left join customer by_email on by_email.email = entered.email`,
  `insert into list_membership (group_id, customer_id, joined_at, joined_by)
    select $list, id, now(), 1 from matched where id is not null order by id`,
  `with made as (
      insert into customer (first_name, last_name, phone, email, birth_date)
      select first_name, last_name, phone, email, birth_date from matched where id is null returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at, joined_by) select id, 1, now(), 1 from made
    ), counted as (insert into customer_totals (customer_id) select id from made)
    insert into list_membership (group_id, customer_id, joined_at, joined_by) select $list, id, now(), 1 from made`
]

function* toLines(rows: Row[]): Generator<string> {
  for (let at = 0; at < rows.length; at += 1_000)
    yield rows
      .slice(at, at + 1_000)
      .map(toLine)
      .join('')
}

function toLine({ first, last, phone, email, born }: Row): string {
  return `${escapeForCopy(first)}\t${escapeForCopy(last)}\t${phone}\t${orCopyNull(email)}\t${orCopyNull(born)}\n`
}
