import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { rowsByIndex } from '../../src/db/by-index.ts'
import { row, rows, together } from '../../src/db/rows.ts'
import { createOrm } from '../../src/entities.ts'
import { createDatabase, onServer } from '../database.ts'

async function opened(t: Test) {
  const database = await createDatabase()
  const orm = createOrm(database.url)
  t.teardown(async () => {
    await orm.close()
    await database.drop()
  })
  return { em: orm.em.fork(), orm, url: database.url }
}

t.test('pages of customers are read by indexes alone, and nothing is written there', async (t) => {
  const { em } = await opened(t)
  const asked = sql<{ scan: string; readOnly: string; timeout: string }>`
    select current_setting('enable_seqscan') as scan, current_setting('transaction_read_only') as "readOnly",
      current_setting('statement_timeout') as timeout
  `
  t.same(await rowsByIndex(em, asked), [{ scan: 'off', readOnly: 'on', timeout: '30s' }])
  t.same(await rows(em, asked), [{ scan: 'on', readOnly: 'off', timeout: '30s' }])
  await t.rejects(rowsByIndex(em, sql`delete from customer`), { code: '25006' })
  await em.transactional(async (inner) => {
    await t.rejects(rowsByIndex(inner, asked), /outside of transactions/)
  })
})

t.test('a statement that is refused keeps its connection, one that is lost is replaced', async (t) => {
  const { em, url } = await opened(t)
  const pid = sql<{ pid: number }>`select pg_backend_pid() as pid`
  for (const ask of [rows, rowsByIndex]) {
    const [before] = await ask(em, pid)
    await t.rejects(ask(em, sql`select 1 / 0`), { code: '22012' })
    t.same(await ask(em, pid), [before])
    await onServer((client) => client.query('select pg_terminate_backend($1)', [before?.pid]))
    await ask(em, pid).catch(() => {})
    const [after] = await ask(em, pid)
    t.not(after?.pid, before?.pid)
  }
  t.ok(url)
})

t.test('several questions at once are answered as each would be', async (t) => {
  const { em } = await opened(t)
  const answers = await together(em, {
    money: sql<{ sum: string; none: null }>`select 12345678901234567.89::text as sum, null as none`,
    moment: sql<{ at: string }>`select timestamptz '2026-01-02 03:04:05.123456+00' as at`,
    many: sql<{ n: number }>`select n from generate_series(3, 1, -1) n order by n desc`,
    nobody: sql<{ id: number }>`select id from customer where false`
  })
  t.same(answers.money, [{ sum: '12345678901234567.89', none: null }])
  t.equal(new Date(answers.moment[0]?.at ?? '').toISOString(), '2026-01-02T03:04:05.123Z')
  t.same(answers.many, [{ n: 3 }, { n: 2 }, { n: 1 }])
  t.same(answers.nobody, [])
})

t.test('an ORM that was only asked past its query builder lets go of all its connections', async (t) => {
  const database = await createDatabase()
  const orm = createOrm(database.url)
  const em = orm.em.fork()
  await row(em, sql`select 1`)
  await rowsByIndex(em, sql`select 1`)
  t.equal(orm.held(), 2)
  await orm.close()
  t.equal(orm.held(), 0)
  await database.drop()
})
