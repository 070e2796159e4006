// A PostgreSQL of its own, as no other test would outlive what happens to this one, and a server on it.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import t, { type Test } from 'tap'
import { clusterOf } from '../../src/db/cluster-location.ts'
import { openEmbedded, stopEmbedded } from '../../src/db/embedded.ts'
import { migrate } from '../../src/db/migrate.ts'
import { freePort, start } from '../process.ts'

const PATIENCE_MS = 60_000
const dir = mkdtempSync(join(tmpdir(), 'clientele-crashes-'))
// What a crash may lose of commits that nobody waited for, this one does lose.
const settings = { fsync: 'off', wal_writer_delay: '10s', wal_writer_flush_after: '1GB' }
export const { url } = await openEmbedded(dir, { settings })
t.teardown(async () => {
  await stopEmbedded(dir)
  rmSync(dir, { recursive: true, force: true })
})
await migrate(url)

export async function ask(query: string, values: unknown[] = []): Promise<Record<string, unknown>> {
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
export async function until(query: string, values: unknown[] = []): Promise<boolean> {
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline; await sleep(50)) {
    const found = await ask(query, values).catch(() => ({}))
    if (Object.values(found)[0] === true) return true
  }
  return false
}

await ask(`insert into retailer (name, country, time_zone, currency, locale)
  values ('Corner Shop', 'US', 'America/New_York', 'USD', 'en-US')`)

export const ADMIN = { ADMIN_EMAIL: 'admin@demo.test', ADMIN_PASSWORD: 'violet kettle rides north' }

/** A server, as npm start runs it, on this database or on the way to it. */
export async function serve(t: Test, database = url, more: Record<string, string> = {}) {
  const port = await freePort()
  const env = { ...ADMIN, ...more, DATABASE_URL: database, DATA_DIR: dir, PORT: String(port), LOG_LEVEL: 'error' }
  const server = start(t, 'src/server.ts', env)
  const address = `http://127.0.0.1:${port}`
  const isLive = () =>
    fetch(`${address}/health/live`).then(
      (answer) => answer.ok,
      () => false
    )
  for (const deadline = Date.now() + PATIENCE_MS; Date.now() < deadline && !(await isLive()); await sleep(50))
    if (server.child.exitCode !== null) throw new Error(`It did not start: ${server.said()}`)
  return { address, port, isLive, isRunning: () => server.child.exitCode === null, stop: () => server.interrupt() }
}

/** A list with one customer, and the job that deletes it. */
export async function deletion(name: string): Promise<number> {
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

export const queue = (id: number) =>
  ask(
    `select graphile_worker.add_job('operation', json_build_object('operationId', $1::int), job_key => 'operation ' || $1,
      max_attempts => 5)`,
    [id]
  )

export const isDone = (id: number) => until(`select state = 'done' from bulk_operation where id = $1`, [id])

/** Has a job begun that can't go on, and answers the server's process that is at it. */
export async function stuckJob(name: string): Promise<{ id: number; pid: number }> {
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

const postmaster = () => Number(readFileSync(join(clusterOf(dir), 'postmaster.pid'), 'utf8').split('\n')[0])

export async function stopAtOnce(): Promise<void> {
  const pid = postmaster()
  process.kill(pid, 'SIGQUIT')
  for (let isThere = true; isThere; await sleep(25)) {
    try {
      process.kill(pid, 0)
    } catch {
      isThere = false
    }
  }
}

export const startAgain = () => openEmbedded(dir, { settings })
