import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import type { Test } from 'tap'
import { clusterOf } from '../../src/db/cluster-location.ts'
import { openEmbedded, stopEmbedded } from '../../src/db/embedded.ts'
import { isRunning } from '../../src/db/holders.ts'
import { createOrm } from '../../src/entities.ts'
import { freePort, type Running, start } from '../process.ts'
import { signIn } from './person.ts'
import { breakableNetwork, type Network } from './proxy.ts'

export interface Server {
  address: string
  running: Running
}

/** How long the network swallows every byte, in ms. */
const HOLE_MS = Number(process.env.FAULTS_HOLE_MS ?? 6_000)
const AWAY_MS = 1_000

/** A PostgreSQL of its own, a made-up retailer in it, and servers that reach it by way of networks that can be broken. */
export async function openHouse(t: Test, processes: number) {
  const dir = mkdtempSync(join(tmpdir(), 'clientele-faults-'))
  const database = await openEmbedded(dir)
  t.teardown(async () => {
    await database.close()
    await stopEmbedded(dir)
    rmSync(dir, { recursive: true, force: true })
  })
  const { url } = database
  const seeded = start(
    t,
    'src/cli/seed.ts',
    { DATABASE_URL: url },
    '--customers 3000 --groups 6 --sales 6000 --seed 1'.split(' ')
  )
  if ((await seeded.ended()) !== 0) throw new Error(`It was not seeded: ${seeded.said()}`)

  const networks: Network[] = []
  const servers: Server[] = []
  for (let n = 0; n < processes; n++) {
    const network = await breakableNetwork(t, url)
    const port = await freePort()
    const running = start(t, 'src/server.ts', { DATABASE_URL: network.url, PORT: String(port), LOG_LEVEL: 'error' })
    if (!/listens on/.test(await running.until(/listens on/))) throw new Error(`It did not start: ${running.said()}`)
    networks.push(network)
    servers.push({ address: `http://127.0.0.1:${port}`, running })
  }
  const cookie = await signIn(servers[0]?.address ?? '')
  // Past every network: what the test itself records and looks up.
  const orm = createOrm(url)
  t.teardown(() => Promise.race([orm.close(), sleep(1_000)]))

  async function ask<Row extends pg.QueryResultRow>(query: string, values: unknown[] = []): Promise<Row[]> {
    const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.query<Row>(query, values)).rows
    } finally {
      await client.end()
    }
  }

  const patiently = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    for (;;) {
      const done = await work().catch(() => null)
      if (done !== null) return done
      await sleep(100)
    }
  }

  const faults = {
    /** With it PostgreSQL ends all sessions, and recovers by itself. */
    'a backend is killed': async () => {
      const find = () =>
        ask<{ pid: number }>(`
        select pid from pg_stat_activity where application_name like 'clientele%' and application_name not like '%pulse'
        order by state = 'active' desc, random() limit 1`)
      // Of the time before, PostgreSQL may be recovering only now: that it was well then was too early to say.
      const [backend] = await patiently(find)
      if (!backend) return
      process.kill(backend.pid, 'SIGKILL')
      while (isRunning(backend.pid)) await sleep(10)
    },
    'PostgreSQL is stopped at once': async () => {
      const postmaster = Number(readFileSync(join(clusterOf(dir), 'postmaster.pid'), 'utf8').split('\n')[0])
      process.kill(postmaster, 'SIGQUIT')
      while (isRunning(postmaster)) await sleep(50)
      await sleep(AWAY_MS)
      await (await openEmbedded(dir, { holder: process.pid })).close()
    },
    'the network swallows every byte': async () => {
      for (const network of networks) network.swallow()
      await sleep(HOLE_MS)
      // Every other time it was cut meanwhile.
      if (Math.random() < 0.5) for (const network of networks) network.cut()
      for (const network of networks) network.mend()
    }
  }
  return {
    url,
    orm,
    servers,
    cookie,
    faults,
    ask: <Row extends pg.QueryResultRow>(query: string, values?: unknown[]) => patiently(() => ask<Row>(query, values))
  }
}

export type House = Awaited<ReturnType<typeof openHouse>>
export type Fault = keyof House['faults']
