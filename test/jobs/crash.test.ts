// A PostgreSQL of its own, as no other test would outlive what happens to this one.
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { openEmbedded, stopEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { words } from '../helper.ts'
import { lines } from '../imports/helper.ts'
import { multipart } from '../imports/upload.ts'
import { freePort, start } from '../process.ts'
import { network } from './hole.ts'

const PATIENCE_MS = 60_000
const dir = mkdtempSync(join(tmpdir(), 'clientele-crashes-'))
// What a crash may lose of commits that nobody waited for, this one does lose.
const settings = { fsync: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' }
const { url } = await openEmbedded(dir, { settings })
t.teardown(async () => {
  await stopEmbedded(dir)
  rmSync(dir, { recursive: true, force: true })
})
await migrate(url)

async function ask(query: string, values: unknown[] = []): Promise<Record<string, unknown>> {
  const client = new pg.Client({ connectionString: url })
  client.on('error', () => {})
  try {
    await client.connect()
    return (await client.query(query, values)).rows[0] ?? {}
  } finally {
    await client.end().catch(() => {})
  }
}

/** Asks until it is so, also while nobody answers. */
async function until(query: string, values: unknown[] = []): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(50)) {
    const found = await ask(query, values).catch(() => ({}))
    if (Object.values(found)[0] === true) return true
  }
  return false
}

await ask(`insert into retailer (name, country, time_zone, currency, locale)
  values ('Corner Shop', 'US', 'America/New_York', 'USD', 'en-US')`)

const ADMIN = { ADMIN_EMAIL: 'admin@demo.test', ADMIN_PASSWORD: 'clientele-demo' }

/** A server, as npm start runs it, on this database or on the way to it. */
async function serve(t: Test, database = url, more: Record<string, string> = {}) {
  const port = await freePort()
  const env = { ...ADMIN, ...more, DATABASE_URL: database, DATA_DIR: dir, PORT: String(port), LOG_LEVEL: 'error' }
  const server = start(t, 'src/server.ts', env)
  const address = `http://127.0.0.1:${port}`
  const isLive = () =>
    fetch(`${address}/health/live`).then(
      (answer) => answer.ok,
      () => false
    )
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline && !(await isLive()); ) await sleep(50)
  return { address, port, isLive, isRunning: () => server.child.exitCode === null, stop: () => server.interrupt() }
}

/** A list with one customer, and the job that deletes it. */
async function deletion(name: string): Promise<number> {
  const { id } = await ask(
    `with list as (
      insert into customer_group (kind, name) values ('list', $1) returning id
    ), made as (
      insert into customer (first_name, email) values ('Ann', $1 || '@example.org') returning id
    ), joined as (
      insert into primary_membership (customer_id, group_id, joined_at) select id, 1, now() from made
    ), counted as (
      insert into customer_totals (customer_id) select id from made
    ), listed as (
      insert into list_membership (group_id, customer_id, joined_at) select list.id, made.id, now() from list, made
    ), asked as (
      insert into bulk_operation (kind, group_id, group_name, is_list, asked_by, asked_at)
      select 'delete-group', id, $1, true, (select min(id) from staff_member), now() from list returning id
    ), progress as (
      insert into operation_progress (operation_id) select id from asked
    )
    select id from asked`,
    [name]
  )
  return Number(id)
}

const queue = (id: number) =>
  ask(
    `select graphile_worker.add_job('operation', json_build_object('operationId', $1::int), job_key => 'operation ' || $1,
      max_attempts => 5)`,
    [id]
  )

const isDone = (id: number) => until(`select state = 'done' from bulk_operation where id = $1`, [id])

/** Has a job begun that can't go on, and answers the server's process that is at it. */
async function stuckJob(name: string): Promise<{ id: number; pid: number }> {
  const holder = new pg.Client({ connectionString: url })
  holder.on('error', () => {})
  await holder.connect()
  const id = await deletion(name)
  await holder.query('begin')
  await holder.query('select from list_membership join bulk_operation using (group_id) where id = $1 for update', [id])
  await queue(id)
  const waiting = `from pg_stat_activity where application_name = 'clientele' and wait_event_type = 'Lock'`
  await until(`select count(*) > 0 ${waiting}`)
  return { id, pid: Number((await ask(`select pid ${waiting}`)).pid) }
}

/** The parent of those that outlive a connection. */
const postmaster = async () => {
  const { pid } = await ask(`select pid from pg_stat_activity where backend_type = 'checkpointer'`)
  return Number(/\) \S (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.[1])
}

async function stopAtOnce(): Promise<void> {
  const pid = await postmaster()
  process.kill(pid, 'SIGQUIT')
  for (let isThere = true; isThere; await sleep(25)) {
    try {
      process.kill(pid, 0)
    } catch {
      isThere = false
    }
  }
}

t.test('a process of PostgreSQL’s is killed while it does a job, and PostgreSQL is stopped at once', async (t) => {
  const server = await serve(t)
  for (const [name, happen] of [
    ['killed', async (pid: number) => process.kill(pid, 'SIGKILL')],
    ['killed again', async (pid: number) => process.kill(pid, 'SIGKILL')],
    ['stopped', stopAtOnce]
  ] as const) {
    const { id, pid } = await stuckJob(name)
    await happen(pid)
    if (name === 'stopped') await openEmbedded(dir, { settings })
    t.ok(await isDone(id), `${name}: the job is done`)
    t.ok(server.isRunning() && (await server.isLive()), `${name}: the process lives`)
  }
  const next = await deletion('next')
  await queue(next)
  t.ok(await isDone(next))
  t.equal((await ask('select count(*)::int as n from graphile_worker.jobs where locked_by is not null')).n, 0)
  await server.stop()
})

/** A machine whose clock is ten minutes ahead. */
const AHEAD = `data:text/javascript,${encodeURIComponent(`
  const Right = Date
  globalThis.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + 600_000) }
    static now() { return Right.now() + 600_000 }
  }`)}`

t.test(
  'PostgreSQL crashes in the middle of an upload, on a machine with a wrong clock: the file is refused in a sentence',
  async (t) => {
    const server = await serve(t, url, { NODE_OPTIONS: `--import=${AHEAD}` })
    const credentials = new URLSearchParams({ email: ADMIN.ADMIN_EMAIL, password: ADMIN.ADMIN_PASSWORD })
    const headers = { origin: server.address }
    const signedIn = await fetch(`${server.address}/sign-in`, {
      method: 'POST',
      body: credentials,
      redirect: 'manual',
      headers
    })
    const cookie = signedIn.headers.getSetCookie()[0]?.split(';')[0] ?? ''
    const signIn = await ask('select abs(extract(epoch from max(created_at) - now()))::float as off from session')
    t.ok(Number(signIn.off) < 30, 'a machine whose clock is wrong goes by the database’s')
    const { id: group } = await ask(`insert into customer_group (kind, name) values ('primary', 'Upload') returning id`)
    const rows = Array.from({ length: 20_000 }, (_, n) => `Up,Nr ${n},,up${n}@example.org,,,`)
    const form = multipart({}, { name: 'people.csv', bytes: lines(rows.join('\r\n')) })
    const sent = request({
      host: '127.0.0.1',
      port: server.port,
      method: 'POST',
      path: `/groups/${group}/import`,
      headers: { ...headers, ...form.headers, cookie, 'content-length': form.payload.length }
    })
    const half = Math.floor(form.payload.length / 2)
    sent.write(form.payload.subarray(0, half))
    await until('select count(*) > 5 from import_chunk')
    await stopAtOnce()
    await openEmbedded(dir, { settings })
    sent.end(form.payload.subarray(half))
    const [answer] = await once(sent, 'response')
    t.equal(answer.statusCode, 422)
    t.match(words(await text(answer)), 'The database was interrupted and lost a part of this file. Upload it again.')
    t.ok(await until('select count(*) = 0 from file_import'))
    await server.stop()
  }
)

t.test(
  'after a network that swallowed every byte the queue listens again, and does what was asked meanwhile',
  async (t) => {
    const way = await network(t, url)
    const server = await serve(t, way.url)
    const listens = `select count(*) > 0 from pg_stat_activity
    where application_name = 'clientele jobs' and query = 'select ''listening''' and query_start > $1`
    t.ok(await until(listens, [new Date(0)]))
    way.swallow(true)
    const meanwhile = await deletion('meanwhile')
    await queue(meanwhile)
    await sleep(12_000)
    const back = Date.now()
    way.swallow(false)
    t.ok(await isDone(meanwhile))
    t.ok(await until(listens, [new Date()]))
    t.ok(Date.now() - back < 30_000, `${Date.now() - back} ms after the network`)
    t.ok(server.isRunning())
    await server.stop()
  }
)
