import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { rows } from '../../src/db/rows.ts'
import { count, testApp, words } from '../helper.ts'
import { addCrowd } from '../shop.ts'

const shop = await testApp(t, { settles: false })
const { em, app } = shop
const manager = await shop.as('manager')
await app.listen({ host: '127.0.0.1', port: 0 })
const { port } = app.server.address() as AddressInfo
const cookie = [...manager.cookies].map(([name, value]) => `${name}=${value}`).join('; ')

// More than the buffers between a server and a reader who does not read hold.
await addCrowd(em, 60_000, sql`'Crowd', repeat('x', 60), 'crowd' || n || '@example.com', repeat('y', 60)`)

function ask(path: string): Promise<IncomingMessage> {
  return new Promise((answered, failed) => {
    get({ host: '127.0.0.1', port, path, headers: { cookie }, agent: false }, answered).on('error', failed)
  })
}

/** An export whose reader has taken the beginning and reads no further. */
async function begun(path: string) {
  const answer = await ask(path)
  t.equal(answer.statusCode, 200)
  await once(answer, 'readable')
  return answer
}

/** Connections that an export holds: nothing else is under way here but PostgreSQL's own sweeping of tables. */
const READING = sql`
  from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and xact_start is not null
    and backend_type = 'client backend'
`
const readings = () => count(em, sql`select count(*)::int as n ${READING}`)

const PATIENCE_MS = 30_000

async function until(isSo: () => Promise<boolean>): Promise<boolean> {
  for (const deadline = performance.now() + PATIENCE_MS; performance.now() < deadline; await sleep(20)) {
    if (await isSo()) return true
  }
  return false
}

for (const format of ['csv', 'xlsx']) {
  t.test(`${format}: whoever leaves early leaves nothing open`, async (t) => {
    const answer = await begun(`/customers.${format}`)
    t.ok(await until(async () => (await readings()) === 1), 'it waits for its reader')
    answer.destroy()
    t.ok(await until(async () => (await readings()) === 0), 'and ends with them')
  })

  t.test(`${format}: one that breaks off does not look complete`, async (t) => {
    const answer = await begun(`/customers.${format}`)
    await rows(em, sql`select pg_terminate_backend(pid) ${READING}`)
    await t.rejects(async () => {
      for await (const _ of answer);
    })
    t.equal(answer.complete, false)
    t.equal((await manager.get('/groups')).statusCode, 200, 'everything else goes on')
  })
}

t.test('a query does not outlive whom it was for', async (t) => {
  await shop.orm.em.fork().transactional(async (holder) => {
    await rows(holder, sql`lock table customer_totals in access exclusive mode`)
    const waiting = () =>
      count(
        em,
        sql`select count(*)::int as n from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database()`
      )
    const request = get({
      host: '127.0.0.1',
      port,
      path: '/customers.csv?sort=spent&orders-to=5',
      headers: { cookie },
      agent: false
    })
    request.on('error', () => {})
    t.ok(await until(async () => (await waiting()) === 1), 'it waits for a table that is held')
    request.destroy()
    t.ok(await until(async () => (await waiting()) === 0), 'and is cancelled, long before it has waited for a minute')
  })
})

t.test('a few at once; whoever comes then is told, and may when one is done', async (t) => {
  const open = await Promise.all([begun('/customers.csv'), begun('/customers.xlsx'), begun('/groups/1/customers.csv')])
  const refused = await manager.get('/customers.csv')
  t.equal(refused.statusCode, 409)
  t.match(words(refused.body), '3 exports are already running. Start yours when one of them is finished.')
  t.equal(refused.headers['content-disposition'], undefined)
  open[0]?.destroy()
  t.ok(await until(async () => (await manager.get('/customers.csv?q=nobody')).statusCode === 200))
  for (const answer of open) answer.destroy()
  t.ok(await until(async () => (await readings()) === 0))
})
