import { setTimeout as sleep } from 'node:timers/promises'
import { buildApp } from './app.ts'
import { type Config, isLoopback, StartError } from './config.ts'
import { Clock } from './db/clock.ts'
import type { Purpose } from './db/cluster-location.ts'
import type { Embedded } from './db/embedded.ts'
import { openUpToDate } from './db/open.ts'
import type { Em } from './db/orm.ts'
import { Pulse } from './db/pulse.ts'
import { explainConnectionError } from './db/refused.ts'
import { createOrm } from './entities.ts'
import { keepFigures } from './figures/keeper.ts'
import { Health } from './health/health.ts'
import { startWorker } from './jobs/worker.ts'
import { repeat } from './lib/repeat.ts'

/**
 * How long, after SIGTERM, the server goes on while /health/ready tells a balancer that it is stopping. Ctrl-C does not
 * wait for this.
 */
const WARNING_MS = 3_000
/**
 * How long running requests may take to end before their connections are cut. In all, a stop takes less than 5 s, or 8
 * s with the warning.
 */
const DRAIN_MS = 2_500
const CLOCK = { every: 60_000, failed: 'could not read the database’s clock' }
const CLOSE_MS = 500
const LEAVE_MS = 1_800

/**
 * Fills or checks the migrated database before the server listens. Resolves to the lines that are printed at the
 * terminal.
 */
export type Prepare = (em: Em, address: string, now: Date) => Promise<string[]>

/** Runs a server from start to end: database, migrations, application, and a clean stop at Ctrl-C or SIGTERM. */
export async function serve(config: Config & { purpose?: Purpose }, prepare: Prepare): Promise<void> {
  const stop = listenForStops()
  const database = await openUpToDate(config)
  try {
    await runUntil(stop, database, config, prepare)
  } finally {
    await waitAtMost(LEAVE_MS, database.close())
  }
}

interface Stop {
  /** Aborted when a stop has been asked for, perhaps some seconds before it begins. */
  announced: AbortSignal
  now: AbortSignal
}

function listenForStops(): Stop {
  const [announced, now] = [new AbortController(), new AbortController()]
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => now.abort())
  process.on('SIGTERM', () => {
    if (announced.signal.aborted) return now.abort()
    announced.abort()
    setTimeout(() => now.abort(), WARNING_MS).unref()
  })
  now.signal.addEventListener('abort', () => announced.abort())
  return { announced: announced.signal, now: now.signal }
}

async function runUntil(stop: Stop, database: Embedded, config: Config, prepare: Prepare): Promise<void> {
  const { url } = database
  const pulse = new Pulse(url)
  const orm = createOrm(url, pulse)
  try {
    const address =
      config.PUBLIC_URL ?? `http://${config.HOST.includes(':') ? `[${config.HOST}]` : config.HOST}:${config.PORT}`
    const clock = new Clock(orm)
    // If the database does not answer at this moment, the clock is corrected at the next look.
    await clock.look().catch(() => {})
    const lines = await prepare(orm.em.fork(), address, clock.now()).catch(explainConnectionError)
    const health = new Health(orm, pulse)
    const app = await buildApp({ orm, config, clock: clock.now, health })
    pulse.start(app.log)
    database.keepRunning(app.log, stop.now)
    const figures = keepFigures(orm, app.log)
    const worker = await startWorker(url, orm, app.log, clock.now)
    const running = [
      figures,
      worker,
      repeat(() => clock.look(), CLOCK, app.log),
      health.watch({ worker, figures }, app.log)
    ]
    await app.listen({ host: config.HOST, port: config.PORT }).catch((error) => explainPort(error, config))
    for (const line of [...lines, ...warnings(config)]) console.log(line)
    await untilAborted(stop.announced)
    health.isStopping = true
    await untilAborted(stop.now)
    await waitAtMost(DRAIN_MS, Promise.allSettled([app.close(), ...running.map((one) => one.stop())]))
    app.server.closeAllConnections()
  } finally {
    await waitAtMost(CLOSE_MS, Promise.all([pulse.stop(), orm.close()]))
  }
}

async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve))
}

/**
 * Waits for work to end, but only so long, because pg has been seen never to close after a lost connection. The timer
 * keeps the process alive: if nothing else did, Node.js would end it with an error.
 */
async function waitAtMost(ms: number, work: Promise<unknown>): Promise<void> {
  await Promise.race([work.catch(() => {}), sleep(ms)])
}

/** The warnings about a configuration that are printed at the terminal. */
export function warnings({
  HOST,
  PUBLIC_URL,
  TRUST_PROXY
}: Pick<Config, 'HOST' | 'PUBLIC_URL' | 'TRUST_PROXY'>): string[] {
  const isOpen = !isLoopback(HOST) && !PUBLIC_URL
  return [
    isOpen &&
      `HOST ${HOST} can be reached by others and PUBLIC_URL is not set, so passwords cross the network unencrypted. Put a TLS proxy in front and set PUBLIC_URL.`,
    TRUST_PROXY === true &&
      'With TRUST_PROXY=true, anyone who can reach the port can pretend to come from any address, and so guess passwords without limit. Set it to the addresses of your proxies instead.'
  ].flatMap((warning) => (warning ? [`Warning: ${warning}`] : []))
}

function explainPort(error: NodeJS.ErrnoException, { HOST, PORT }: Config): never {
  if (error.code === 'EADDRINUSE')
    throw new StartError(`PORT ${PORT} is in use by another program. Stop it, or set PORT to another number.`)
  if (error.code === 'EACCES')
    throw new StartError(`PORT ${PORT} is not allowed for this user. Set PORT to a number above 1023.`)
  if (error.code === 'EADDRNOTAVAIL' || error.code === 'ENOTFOUND')
    throw new StartError(`HOST ${HOST} is not an address of this machine.`)
  throw error
}

/** Runs a program and ends the process. A StartError is printed as its one sentence, without a stack trace. */
export async function run(program: () => Promise<void>): Promise<void> {
  try {
    await program()
    process.exit(0)
  } catch (error) {
    console.error(error instanceof StartError ? error.message : error)
    process.exit(1)
  }
}
