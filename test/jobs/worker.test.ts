import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { row, rows } from '../../src/db/rows.ts'
import { startWorker } from '../../src/jobs/worker.ts'
import { testApp } from '../helper.ts'

const shop = await testApp(t)
const { em, url, orm } = shop
const SILENT = { warn: () => {}, error: () => {} }

/** The one by which the queue hears of jobs. */
const LISTENER = sql`
  select pid from pg_stat_activity join pg_locks using (pid)
  where application_name = 'clientele jobs' and locktype = 'advisory' and datname = current_database()
`

t.test('the queue says whether it works and since when, and starts anew when it can no longer hear', async (t) => {
  const worker = await startWorker(url, orm, SILENT)
  const first = worker.state()
  t.equal(first.running, true)
  await rows(em, sql`select pg_terminate_backend(pid) from (${LISTENER}) listener`)
  while (worker.state().running) await sleep(5)
  t.ok(worker.state().since >= first.since)
  while (!worker.state().running) await sleep(5)
  t.ok(worker.state().since > first.since)
  t.ok(await row(em, LISTENER))
  await worker.stop()
  // PostgreSQL ends a session a moment after it was told.
  for (let looks = 0; looks < 100 && (await row(em, LISTENER)); looks++) await sleep(20)
  t.notOk(await row(em, LISTENER), 'a stop leaves nothing behind')
})

t.test('jobs are done at once by a queue that has started anew', async (t) => {
  const worker = await startWorker(url, orm, SILENT)
  await rows(
    em,
    sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'clientele jobs'
    and datname = current_database()`
  )
  while (worker.state().running) await sleep(5)
  while (!worker.state().running) await sleep(5)
  await rows(em, sql`select graphile_worker.add_job('forget-old')`)
  const began = performance.now()
  while (await row(em, sql`select 1 from graphile_worker.jobs`)) await sleep(5)
  t.ok(performance.now() - began < 4_000, 'heard of, not polled for')
  await worker.stop()
})
