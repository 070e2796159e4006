import { EventEmitter } from 'node:events'
import { Logger, run, type TaskList, type WorkerEvents } from 'graphile-worker'
import pg from 'pg'
import { cutBusy, endWithConnection, NOTICE_SILENCE } from '../db/connections.ts'
import { RUNNER_LOCK } from '../db/queue/sweep.ts'
import { type Log, repeat } from '../lib/repeat.ts'
import { TIMETABLE } from './tasks.ts'

/** The number of jobs that one process runs at once. The database has other things to do. */
const AT_ONCE = 2
/** A process is notified of new jobs at once; polling finds those whose notification was lost. */
const POLL_MS = 5_000
const STOP_MS = 1_000
/** The queue's own queries take milliseconds. Jobs have connections of their own, without this limit. */
const ANSWER_MS = 10_000
const CONNECT_MS = 5_000
const LOOK = { every: 5_000, failed: 'the job queue’s listener does not answer' }

/** The database releases the lock when it notices that the connection, or the machine at its other end, is gone. */
const TAKE_LOCK = `select ${NOTICE_SILENCE}, pg_advisory_lock(hashtext($1), hashtext($2))`

export interface WorkerLog extends Log {
  error(details: object, message: string): void
}

/** The queue at work. It lasts as long as its connections do. */
export interface QueueRun {
  /** Resolves with the reason when the run takes no more jobs. Jobs that are running are finished. */
  over: Promise<unknown>
  stop(): Promise<void>
}

/**
 * Takes jobs as soon as this process is notified of them. On the connection that listens it holds a lock, by which
 * other processes know that this one is alive. Any error on that connection ends the run, because graphile-worker would
 * wait up to a minute before it listens again.
 */
export async function startRun(url: string, taskList: TaskList, log: WorkerLog): Promise<QueueRun> {
  const pool = openPool(url, log)
  const over = Promise.withResolvers<unknown>()
  const events: WorkerEvents = new EventEmitter()
  const listening = Promise.withResolvers<pg.PoolClient>()
  listening.promise.catch(() => {})
  over.promise.then((reason) => listening.reject(reason))
  events.on('pool:listen:success', ({ client, workerPool }) => {
    // This waits until LISTEN is answered, because a connection takes one query at a time.
    client.once('drain', () => {
      client.query(TAKE_LOCK, [RUNNER_LOCK, workerPool.id]).then(() => listening.resolve(client), over.resolve)
    })
  })
  events.on('pool:listen:error', ({ error }) => over.resolve(error))
  // The database may have given this process a job that it never heard of. Ending the run returns that job to the
  // queue.
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
      // With the defaults, a lost answer rejects a promise that nobody handles, which ends the process.
      worker: { gracefulShutdownAbortTimeout: STOP_MS, completeJobBatchDelay: 0, failJobBatchDelay: 0 }
    },
    taskList,
    crontab: TIMETABLE,
    logger: new Logger(() => (level, message, details) => {
      // The queue repeats PostgreSQL's error in its message, with customers' values. The log adds errors without these.
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
    // This runs in the background because a job that is running may take its time.
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
  // The handler stays for as long as the pool: the queue removes its own before its last connection closes, and a
  // database that stops just then would end the process with an unhandled error.
  const lost = (error: Error) => log.warn({ err: error }, 'a connection of the job queue was lost')
  pool.on('error', lost)
  pool.on('connect', (client) => client.on('error', lost))
  cutBusy(pool)
  return pool
}
