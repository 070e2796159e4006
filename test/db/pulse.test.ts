import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t, { type Test } from 'tap'
import { isDatabaseAway } from '../../src/db/away.ts'
import { Pulse } from '../../src/db/pulse.ts'
import { row } from '../../src/db/rows.ts'
import { createOrm } from '../../src/entities.ts'
import { createDatabase, onServer } from '../database.ts'
import { breakableNetwork } from '../faults/proxy.ts'

// Each waits most of the time, on a database of its own.
t.jobs = 6

const LOG = { warn: () => {} }

async function shop(t: Test) {
  const database = await createDatabase()
  t.teardown(database.drop)
  const network = await breakableNetwork(t, database.url)
  const pulse = new Pulse(network.url)
  const orm = createOrm(network.url, pulse)
  pulse.start(LOG)
  t.teardown(async () => {
    await pulse.stop()
    network.cut()
    await Promise.race([orm.close(), sleep(1_000)])
  })
  const ask = (query = sql<{ n: number }>`select 1 as n`) => row(orm.em.fork(), query)
  return { network, pulse, orm, ask, url: database.url }
}

/** How it ended, and after how many ms. */
async function timed(work: Promise<unknown>) {
  const began = performance.now()
  const error = await work.then(
    () => null,
    (reason: unknown) => reason
  )
  return { error, took: performance.now() - began }
}

t.test(
  'a network that swallows every byte lets nobody wait for 8 s, and leaves no connection behind',
  { buffered: true },
  async (t) => {
    const { network, pulse, orm, ask } = await shop(t)
    // Some idle, some in a transaction, and more that want one than there are.
    await Promise.all(Array.from({ length: 6 }, () => ask()))
    network.swallow()
    const first = await Promise.all(
      Array.from({ length: 25 }, (_, n) => timed(n % 2 ? ask() : orm.em.fork().transactional(() => ask())))
    )
    for (const { error, took } of first) {
      t.ok(isDatabaseAway(error), String(error))
      t.ok(took < 8_000, `${took} ms`)
    }
    t.type(pulse.awaySince, 'number')
    const { error, took } = await timed(ask())
    t.ok(isDatabaseAway(error))
    t.ok(took < 3_000, `then it is known: ${took} ms`)
    network.mend()
    const back = performance.now()
    while (pulse.awaySince !== null) await sleep(50)
    const later = await Promise.all(
      Array.from({ length: 20 }, () => timed(orm.em.fork().transactional((em) => row(em, sql`select 1`))))
    )
    t.same(
      later.map(({ error }) => error),
      later.map(() => null)
    )
    t.ok(performance.now() - back < 30_000)
  }
)

t.test('an answer that was swallowed in a moment’s hole is not waited for', { buffered: true }, async (t) => {
  const { network, pulse, ask } = await shop(t)
  await ask()
  network.swallow()
  const lost = timed(ask())
  await sleep(300)
  network.mend()
  const { error, took } = await lost
  t.ok(isDatabaseAway(error), String(error))
  t.ok(took < 8_000, `${took} ms`)
  t.equal(pulse.awaySince, null, 'and the database was there all the time')
})

t.test('a query that takes long is left alone', { buffered: true }, async (t) => {
  const { ask } = await shop(t)
  t.same(await ask(sql<{ n: number }>`select 2 as n from pg_sleep(7)`), { n: 2 })
})

t.test('a transaction whose connection is lost gives its place in the pool back', { buffered: true }, async (t) => {
  const { ask, orm, url } = await shop(t)
  const name = new URL(url).pathname.slice(1)
  for (let round = 0; round < 12; round++) {
    const { error } = await timed(
      orm.em.fork().transactional(async (em) => {
        const { pid } = (await row(em, sql<{ pid: number }>`select pg_backend_pid() as pid`)) ?? { pid: 0 }
        await onServer((client) =>
          client.query('select pg_terminate_backend(pid) from pg_stat_activity where pid = $1 and datname = $2', [
            pid,
            name
          ])
        )
        await row(em, sql`select 1`)
      })
    )
    t.ok(isDatabaseAway(error), String(error))
  }
  t.same(await ask(), { n: 1 }, 'there were 10')
})

t.test('that the database can only be read is known', { buffered: true }, async (t) => {
  const { pulse, url, network } = await shop(t)
  while (pulse.awaySince !== null) await sleep(20)
  t.equal(pulse.readOnlySince, null)
  const name = new URL(url).pathname.slice(1)
  await onServer((client) => client.query(`alter database ${name} set default_transaction_read_only = on`))
  network.cut()
  while (pulse.readOnlySince === null) await sleep(50)
  t.equal(pulse.awaySince, null, 'though it is there')
})
