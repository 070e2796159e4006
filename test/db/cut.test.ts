import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import pg from 'pg'
import t from 'tap'
import { isDatabaseAway } from '../../src/db/away.ts'
import { rows } from '../../src/db/rows.ts'
import { liftDeadlines } from '../../src/db/take-time.ts'
import { createOrm } from '../../src/entities.ts'
import { createDatabase } from '../database.ts'
import { breakableNetwork } from '../faults/proxy.ts'

/** Ten times what it should take. */
const LONGEST_MS = 20_000

t.test('what a cut connection had asked ends, at work or in wait, and lets go of what it held', async (t) => {
  const database = await createDatabase()
  const network = await breakableNetwork(t, database.url)
  const orm = createOrm(network.url)
  const holder = new pg.Client({ connectionString: database.url })
  await holder.connect()
  t.teardown(async () => {
    await holder.end()
    await orm.close()
    await database.drop()
  })
  const leave = (statement: ReturnType<typeof sql>) =>
    orm.em
      .fork()
      .transactional(async (em) => {
        await liftDeadlines(em)
        await rows(em, sql`select pg_advisory_xact_lock_shared(5)`)
        await rows(em, statement)
      })
      .catch((error: unknown) => error)
  const asked = async () => {
    const { rows } = await holder.query(`
      select query from pg_stat_activity
      where datname = current_database() and state = 'active' and pid <> pg_backend_pid() and backend_type = 'client backend'
    `)
    return rows
  }
  await holder.query('select pg_advisory_lock(6)')
  const left = Promise.all([leave(sql`select pg_sleep(600)`), leave(sql`select pg_advisory_xact_lock(6)`)])
  const start = performance.now()
  while ((await asked()).length < 2 && performance.now() - start < LONGEST_MS) await sleep(50)
  t.equal((await asked()).length, 2)
  network.cut()
  for (const error of await left) t.ok(isDatabaseAway(error), String(error))
  const began = performance.now()
  while ((await asked()).length > 0 && performance.now() - began < LONGEST_MS) await sleep(50)
  t.comment(`gone after ${Math.round(performance.now() - began)} ms`)
  t.same(await asked(), [])
  t.same((await holder.query('select pg_try_advisory_lock(5) as free')).rows, [{ free: true }])
})
