import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { buildApp } from '../../src/app.ts'
import { Pulse } from '../../src/db/pulse.ts'
import { row } from '../../src/db/rows.ts'
import { createOrm } from '../../src/entities.ts'
import { keepFigures } from '../../src/figures/keeper.ts'
import { Health } from '../../src/health/health.ts'
import { createDatabase, onServer } from '../database.ts'
import { breakableNetwork } from '../faults/proxy.ts'

const LOG = { warn: () => {}, info: () => {} }
const BOUNDS = { away: 5_000, readOnly: 2_000, jobs: 1_000, stuck: 7_000 }

// Each waits most of the time, on a database of its own.
t.jobs = 8

async function serving(t: Test) {
  const database = await createDatabase()
  t.teardown(database.drop)
  const network = await breakableNetwork(t, database.url)
  const pulse = new Pulse(network.url)
  const orm = createOrm(network.url, pulse)
  const health = new Health(orm, pulse, BOUNDS)
  const app = await buildApp({
    orm,
    health,
    config: { PUBLIC_URL: undefined, TRUST_PROXY: false, LOG_LEVEL: 'silent' }
  })
  const figures = keepFigures(orm, LOG)
  const jobs = { running: true, since: new Date() }
  pulse.start(LOG)
  while (pulse.thereSince === null) await sleep(20)
  const looking = health.watch({ figures, worker: { state: () => jobs } }, LOG, 200)
  t.teardown(async () => {
    await pulse.stop()
    network.cut()
    await Promise.race([Promise.all([app.close(), figures.stop(), looking.stop(), orm.close()]), sleep(1_000)])
  })
  const ask = async (path: string) => {
    const began = performance.now()
    const { statusCode, body } = await app.inject({ url: path })
    const took = performance.now() - began
    return { statusCode, took, ...JSON.parse(body) }
  }
  type Answer = Awaited<ReturnType<typeof ask>>
  /** Until it says so: what a busy machine says before is another matter. */
  const until = async (path: string, statusCode: number, isMeant = (_answer: Answer) => true) => {
    for (;;) {
      const answer = await ask(path)
      if (answer.statusCode === statusCode && isMeant(answer)) return answer
      await sleep(50)
    }
  }
  const says = async (path: string, reason: string) => {
    const answer = await until(path, 503, ({ status }) => status === reason)
    t.pass(`${path} says: ${reason}`)
    return answer
  }
  return { ask, until, says, network, orm, health, jobs, figures, url: database.url }
}

t.test('what is behind stands in the body, and takes nothing out', { buffered: true }, async (t) => {
  const { ask, until, orm, figures } = await serving(t)
  await figures.stop()
  await row(orm.em.fork(), sql`select graphile_worker.add_job('overview', run_at => now() - interval '1 hour')`)
  const ready = await until('/health/ready', 200, ({ jobs }) => jobs.waiting === 1)
  t.match(ready, { status: 'ok', jobs: { running: true, waiting: 1 }, database: { awayFor: null, readOnlyFor: null } })
  t.ok(ready.figures.spend >= 1 && ready.figures.products >= 1, JSON.stringify(ready.figures))
  t.match(await ask('/health/live'), { statusCode: 200, status: 'ok' })
})

t.test(
  'without the database it is not ready after a while, is answered at once, and is ready again by itself',
  { buffered: true },
  async (t) => {
    const { ask, until, network, says } = await serving(t)
    t.equal((await ask('/health/ready')).statusCode, 200)
    network.swallow()
    const began = performance.now()
    const away = await says('/health/ready', 'the database can’t be reached')
    t.ok(performance.now() - began > BOUNDS.away, 'not before')
    t.ok(away.took < 2_000, `${away.took} ms`)
    t.equal((await ask('/health/live')).statusCode, 200)
    await sleep(BOUNDS.stuck)
    t.equal((await ask('/health/live')).statusCode, 200, 'to start it anew would not help')
    network.mend()
    await until('/health/ready', 200)
  }
)

t.test('with a database that can only be read it is not ready after a while', { buffered: true }, async (t) => {
  const { ask, network, url, says } = await serving(t)
  const name = new URL(url).pathname.slice(1)
  await onServer((client) => client.query(`alter database ${name} set default_transaction_read_only = on`))
  network.cut()
  await says('/health/ready', 'the database is read-only')
  t.equal((await ask('/health/live')).statusCode, 200)
})

t.test('when it is told to stop it is not ready, and lives', { buffered: true }, async (t) => {
  const { ask, health } = await serving(t)
  health.isStopping = true
  t.match(await ask('/health/ready'), { statusCode: 503, status: 'stopping' })
  t.equal((await ask('/health/live')).statusCode, 200)
})

t.test(
  'jobs that are not done though the database is there make it not ready, and in the end lost',
  { buffered: true },
  async (t) => {
    const { ask, jobs, says } = await serving(t)
    Object.assign(jobs, { running: false, since: new Date() })
    t.equal((await ask('/health/ready')).statusCode, 200)
    await says('/health/ready', 'jobs are not running')
    t.equal((await ask('/health/live')).statusCode, 200)
    await says('/health/live', 'jobs are not running, and could not be started again')
  }
)

t.test(
  'a process whose pages never get a connection again is lost, so that a supervisor starts it anew',
  { buffered: true },
  async (t) => {
    const { ask, orm, says } = await serving(t)
    await sleep(500)
    t.equal((await ask('/health/live')).statusCode, 200)
    const never = new Promise<void>(() => {})
    const held = Array.from({ length: 10 }, () =>
      orm.em
        .getKysely()
        .connection()
        .execute(() => never)
        // One that is still being opened when the network is cut, at the end.
        .catch(() => {})
    )
    await says('/health/live', 'the database is up, but its answers do not arrive')
    t.equal((await ask('/health/ready')).statusCode, 503)
    t.equal(held.length, 10)
  }
)

t.test(
  'a database that has no connections left for anybody makes it not ready, but to start it anew would not help',
  { buffered: true },
  async (t) => {
    const { ask, until, jobs, figures, url, says } = await serving(t)
    await figures.stop()
    const name = new URL(url).pathname.slice(1)
    // One, which the pulse has.
    await onServer((client) => client.query(`alter database ${name} connection limit 1`))
    await onServer((client) =>
      client.query(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = '${name}' and application_name <> 'clientele pulse'`
      )
    )
    Object.assign(jobs, { running: false, since: new Date() })
    await says('/health/ready', 'jobs are not running')
    await sleep(2 * BOUNDS.stuck)
    t.match(await ask('/health/live'), { statusCode: 200, status: 'ok' })
    Object.assign(jobs, { running: true, since: new Date() })
    t.equal((await ask('/health/ready')).status, 'the database is up, but its answers do not arrive')
    await onServer((client) => client.query(`alter database ${name} connection limit -1`))
    await until('/health/ready', 200)
    t.equal((await ask('/health/live')).statusCode, 200)
  }
)

t.test('nor would it help with jobs that stand because nothing can be saved', { buffered: true }, async (t) => {
  const { ask, until, jobs, network, url } = await serving(t)
  const name = new URL(url).pathname.slice(1)
  await onServer((client) => client.query(`alter database ${name} set default_transaction_read_only = on`))
  network.cut()
  Object.assign(jobs, { running: false, since: new Date() })
  await until('/health/ready', 503)
  await sleep(2 * BOUNDS.stuck)
  t.equal((await ask('/health/live')).statusCode, 200)
})
