import { EventEmitter } from 'node:events'
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { cutBusy, endWithConnection, NOTICE_SILENCE } from '../db/connections.ts'
import { RUNNER_LOCK } from '../db/queue/sweep.ts'
import { type Log, repeat } from '../lib/repeat.ts'
import { TIMETABLE } from './tasks.ts'

/** Jobs that one process does at once: the database has more to do than jobs. */
const AT_ONCE = 2
/** A job is heard of at once; this finds what was missed. */
const POLL_MS = 5_000
const STOP_MS = 1_000
/** What the queue itself asks takes milliseconds; jobs have connections of their own. */
const ANSWER_MS = 10_000
const CONNECT_MS = 5_000
const LOOK = { every: 5_000, failed: 'the job queue’s listener does not answer' }

/** The database lets go of the lock once it notices that the connection, or the machine, is gone. */
const HOLD = `select ${NOTICE_SILENCE}, pg_advisory_lock(hashtext($1), hashtext($2))`

export interface WorkerLog extends Log {
  error(details: object, message: string): void
}

/** The queue at work, for as long as its connections live. */
export interface Run {
  /** Resolves with the reason when it takes no more jobs. What it is at, it brings to an end. */
  over: Promise<unknown>
  stop(): Promise<void>
}

/**
 * Takes jobs once this process hears of them, and holds a lock by which others know that it lives: with the connection that
 * hears. Whatever happens to that one ends the run, as graphile-worker would wait up to a minute before it listened again.
 */
export async function startRun(url: string, taskList: TaskList, log: WorkerLog): Promise<Run> {
  const pool = openPool(url, log)
  const over = Promise.withResolvers<unknown>()
  const events: WorkerEvents = new EventEmitter()
  const listening = Promise.withResolvers<pg.PoolClient>()
  listening.promise.catch(() => {})
  over.promise.then((reason) => listening.reject(reason))
  events.on('pool:listen:success', ({ client, workerPool }) => {
    // Not before its LISTEN is answered: a connection takes one query at a time.
    client.once('drain', () => {
      client.query(HOLD, [RUNNER_LOCK, workerPool.id]).then(() => listening.resolve(client), over.resolve)
    })
  })
  events.on('pool:listen:error', ({ error }) => over.resolve(error))
  // Perhaps it was handed over to us, who never heard of it: the end of the run gives it back.
  events.on('worker:getJob:error', ({ error }) => over.resolve(error))
  events.on('stop', () => over.resolve(new Error('the queue stopped by itself')))
  const end = async (runner?: { stop(): Promise<void> }) => {
    await runner?.stop().catch(() => {})
    await pool.end()
  }
  const runner = await run({
    pgPool: pool,
    events,
    concurrency: AT_ONCE,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    preset: {
      plugins: [
        {
          name: 'clientele',
          version: '1.0.0',
          worker: { hooks: { startWorker: async () => void (await listening.promise) } }
        }
      ],
      // Left at their defaults, an answer that is lost there is nobody's promise, and ends the process.
      worker: { gracefulShutdownAbortTimeout: STOP_MS, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
    },
    taskList,
    crontab: TIMETABLE,
    logger: new Logger(() => (level, message, details) => {
      // It repeats the error, as it came from PostgreSQL; the log has its own way to tell that.
      const [said = ''] = message.split(' with error ')
      if (level === 'error') log.error({ job: details }, said)
      else if (level === 'warning') log.warn({ job: details }, said)
    })
  }).catch(async (error) => {
    await end()
    throw error
  })
  runner.promise.catch(() => {})
  try {
    const client = await listening.promise
    const look = repeat(() => client.query(`select 'listening'`).catch(over.resolve), LOOK, log)
    over.promise.then(() => look.stop())
    return {
      over: over.promise,
      stop: async () => {
        await look.stop()
        await end(runner)
      }
    }
  } catch (error) {
    // In the background: a job that it is at may take its time.
    end(runner).catch(() => {})
    throw error
  }
}

function openPool(url: string, log: WorkerLog): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: AT_ONCE + 2,
    onConnect: endWithConnection,
    application_name: 'clientele jobs',
    connectionTimeoutMillis: CONNECT_MS,
    query_timeout: ANSWER_MS,
    keepAlive: true,
    keepAliveInitialDelayMillis: CONNECT_MS
  })
  // For as long as the pool lives: the queue's own listener is gone before its last connection is, and a database that stops
  // at that moment would end the process with an error.
  const lost = (error: Error) => log.warn({ err: error }, 'a connection of the job queue was lost')
  pool.on('error', lost)
  pool.on('connect', (client) => client.on('error', lost))
  cutBusy(pool)
  return pool
}
