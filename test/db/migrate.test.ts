import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { StartError } from '../../src/config.ts'
import { migrate } from '../../src/db/migrate.ts'
import { createDatabase, onServer } from '../database.ts'
import { breakableNetwork } from '../faults/proxy.ts'
import { freePort, start } from '../process.ts'

const IMPATIENT = { withOther: 1_000, lookEvery: 100, withDatabase: 1_000 }

async function database(t: Test) {
  const { url, drop } = await createDatabase()
  t.teardown(drop)
  const other = new pg.Client({ connectionString: url })
  other.on('error', () => {})
  await other.connect()
  t.teardown(() => other.end())
  return { url, other }
}

t.test('a lock that somebody keeps ends a start with a sentence', async (t) => {
  const { url, other } = await database(t)
  await other.query('select pg_advisory_lock(7243901)')
  await t.rejects(
    migrate(url, IMPATIENT),
    new StartError(
      'Another process has been bringing this database up to date for minutes. Wait until it is done, then start again.'
    )
  )
  await other.query('select pg_advisory_unlock(7243901)')
  await migrate(url, IMPATIENT)
})

t.test('the lock ends with its transaction, not with its connection', async (t) => {
  const { url, other } = await database(t)
  await other.query('begin')
  await other.query('lock table migration')
  const migrating = migrate(url)
  const held = () =>
    onServer(async (client) => {
      const { rows } = await client.query<{ state: string }>(
        `select state from pg_locks join pg_stat_activity using (pid)
        where locktype = 'advisory' and objid = 7243901 and datname = $1`,
        [new URL(url).pathname.slice(1)]
      )
      return rows[0]?.state
    })
  while (!(await held())) await sleep(50)
  while ((await held()) === 'active') await sleep(50)
  t.equal(await held(), 'idle in transaction')
  await other.query('commit')
  await migrating
})

t.test('a network that breaks while the database is brought up to date ends a start with a sentence', async (t) => {
  const { url, other } = await database(t)
  const network = await breakableNetwork(t, url)
  await other.query('begin')
  await other.query('lock table migration')
  const began = performance.now()
  const migrating = migrate(network.url, IMPATIENT)
  migrating.catch(() => {})
  await sleep(300)
  network.swallow()
  await t.rejects(migrating, /^The database does not answer\. Start again when it does/)
  t.ok(performance.now() - began < 10_000)
})

t.test('a database that can only be read is refused in a sentence, by every command', async (t) => {
  const { url } = await database(t)
  const name = new URL(url).pathname.slice(1)
  await onServer((client) => client.query(`alter database ${name} set default_transaction_read_only = on`))
  for (const program of ['src/server.ts', 'src/cli/migrate.ts']) {
    const started = start(t, program, { DATABASE_URL: url, PORT: String(await freePort()) })
    t.equal(await started.ended(), 1)
    t.match(started.said(), /^DATABASE_URL names a read-only database[^\n]*\n$/)
  }
})

t.test('a pooler that refuses the deadlines of a connection is named in a sentence', async (t) => {
  const { url } = await database(t)
  const { port, hostname } = new URL(url)
  // As PgBouncer does in a transaction's mode.
  const refusal = Buffer.from('SFATAL\0C08P01\0Munsupported startup parameter: statement_timeout\0\0')
  const head = Buffer.from([0x45, 0, 0, 0, refusal.length + 4])
  const server = createServer((near) => {
    near.on('error', () => {})
    near.once('data', (startup) => {
      if (startup.includes('statement_timeout')) return near.end(Buffer.concat([head, refusal]))
      const far = connect(Number(port), hostname).on('error', () => {})
      far.write(startup)
      near.pipe(far).pipe(near)
    })
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  t.teardown(() => server.close())
  const address = server.address()
  const target = new URL(url)
  target.hostname = '127.0.0.1'
  target.port = String(typeof address === 'object' ? address?.port : '')
  const started = start(t, 'src/server.ts', { DATABASE_URL: target.href, PORT: String(await freePort()) })
  t.equal(await started.ended(), 1)
  t.match(started.said(), /^DATABASE_URL is refused \(unsupported startup parameter: statement_timeout\)[^\n]*\n$/)
})
