import { once } from 'node:events'
import { get, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import t from 'tap'
import { buildApp } from '../../src/app.ts'
import { Pulse } from '../../src/db/pulse.ts'
import { row } from '../../src/db/rows.ts'
import { liftDeadlines } from '../../src/db/take-time.ts'
import { createOrm } from '../../src/entities.ts'
import { signIn, testApp } from '../helper.ts'
import { addCrowd } from '../shop.ts'
import { breakableNetwork } from './proxy.ts'

const { em, url } = await testApp(t)

t.test('a download whose network swallows every byte is cut, and takes no connection along', async (t) => {
  // More than the buffers between a server and a reader who does not read hold.
  await addCrowd(em, 30_000, sql`'Crowd', repeat('x', 60), 'crowd' || n || '@example.com', repeat('y', 60)`)
  const network = await breakableNetwork(t, url)
  const pulse = new Pulse(network.url)
  const orm = createOrm(network.url, pulse)
  const app = await buildApp({ orm, config: { PUBLIC_URL: undefined, TRUST_PROXY: false, LOG_LEVEL: 'silent' } })
  t.teardown(async () => {
    await pulse.stop()
    network.cut()
    await Promise.race([Promise.all([app.close(), orm.close()]), sleep(1_000)])
  })
  const browser = await signIn(app, 'manager@demo.test')
  const cookie = [...browser.cookies].map(([name, value]) => `${name}=${value}`).join('; ')
  await app.listen({ host: '127.0.0.1', port: 0 })
  const { port } = app.server.address() as AddressInfo
  pulse.start({ warn: () => {} })

  const answer = await new Promise<IncomingMessage>((answered, failed) => {
    const asked = { host: '127.0.0.1', port, path: '/customers.csv', headers: { cookie } }
    get({ ...asked, agent: false }, answered).on('error', failed)
  })
  t.equal(answer.statusCode, 200)
  answer.on('error', () => {})
  await once(answer, 'readable')
  network.swallow()
  const began = performance.now()
  answer.resume()
  await new Promise((closed) => answer.once('close', closed))
  t.notOk(answer.complete, 'nobody takes it for a whole file')
  const took = performance.now() - began
  t.ok(took < 30_000, `${took} ms`)
  network.mend()
  while (pulse.awaySince !== null) await sleep(50)
  const all = await Promise.all(
    Array.from({ length: 10 }, () => orm.em.fork().transactional((em) => row(em, sql`select 1`)))
  )
  t.equal(all.length, 10)
})

t.test('what no page waits for has deadlines too', async (t) => {
  await em.fork().transactional(async (inner) => {
    await liftDeadlines(inner)
    for (const setting of ['statement_timeout', 'idle_in_transaction_session_timeout']) {
      const found = await row(inner, sql<{ value: string }>`select current_setting(${setting}) as value`)
      t.match(found?.value, /^[1-9]\d*(min|h)$/, setting)
    }
  })
})
