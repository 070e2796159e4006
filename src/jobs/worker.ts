import { Logger, run } from 'graphile-worker'
import pg from 'pg'
import type { Orm } from '../db/orm.ts'
import { requeueLostImports } from '../imports/sweep.ts'
import { requeueLost } from '../operations/sweep.ts'
import { type Log, type Repeated, repeat } from './repeat.ts'
import { TIMETABLE, tasks } from './tasks.ts'

/** Jobs that one process does at once: the database has more to do than jobs. */
const AT_ONCE = 2
/** A job is heard of at once; this finds what was missed. */
const POLL_MS = 5_000
const STOP_MS = 1_000
const SWEEP = { every: 3_000, failed: 'lost jobs were not looked for' }

interface WorkerLog extends Log {
  error(details: object, message: string): void
}

export interface Worker extends Repeated {
  state(): { running: boolean; since: Date }
}

/** Does jobs for as long as the process runs; one that a stop cuts off is done again by another process, or after the next start. */
export async function startWorker(url: string, orm: Orm, log: WorkerLog): Promise<Worker> {
  const pool = new pg.Pool({ connectionString: url, max: AT_ONCE + 2, application_name: 'clientele jobs' })
  // For as long as the pool lives: the queue's own listener is gone before its last connection is, and a database that stops
  // at that moment would end the process with an error.
  const lost = (error: Error) => log.warn({ err: error }, 'a connection of the job queue was lost')
  pool.on('error', lost)
  pool.on('connect', (client) => client.on('error', lost))
  const runner = await run({
    pgPool: pool,
    concurrency: AT_ONCE,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    preset: { worker: { gracefulShutdownAbortTimeout: STOP_MS } },
    taskList: tasks(orm),
    crontab: TIMETABLE,
    logger: new Logger(() => (level, message, details) => {
      // It repeats the error, as it came from PostgreSQL; the log has its own way to tell that.
      const [said = ''] = message.split(' with error ')
      if (level === 'error') log.error({ job: details }, said)
      else if (level === 'warning') log.warn({ job: details }, said)
    })
  })
  // Ends with the process; that a stop cut a job off is nobody's error.
  runner.promise.catch((error: unknown) => log.warn({ err: error }, 'jobs are no longer done'))
  let state = { running: true, since: new Date() }
  const ended = () => {
    state = { running: false, since: new Date() }
  }
  runner.promise.then(ended, ended)
  const sweep = repeat(() => sweepOnce(orm), SWEEP, log)
  return {
    state: () => state,
    stop: async () => {
      await sweep.stop()
      await runner.stop()
      await pool.end()
    }
  }
}

async function sweepOnce(orm: Orm): Promise<void> {
  await requeueLost(orm.em.fork(), new Date())
  await requeueLostImports(orm.em.fork(), new Date())
}
