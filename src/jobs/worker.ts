import { Logger, run } from 'graphile-worker'
import type { Orm } from '../db/orm.ts'
import { tasks } from './tasks.ts'

/** Jobs that one process does at once: the database has more to do than jobs. */
const AT_ONCE = 2
/** A job is heard of at once; this finds what was missed. */
const POLL_MS = 5_000
const STOP_MS = 1_000

interface Log {
  error(details: object, message: string): void
  warn(details: object, message: string): void
}

/** Does jobs for as long as the process runs; one that a stop cuts off is done again by another process, or after the next start. */
export async function startWorker(url: string, orm: Orm, log: Log): Promise<{ stop(): Promise<void> }> {
  const runner = await run({
    connectionString: url,
    maxPoolSize: AT_ONCE + 2,
    concurrency: AT_ONCE,
    pollInterval: POLL_MS,
    noHandleSignals: true,
    preset: { worker: { gracefulShutdownAbortTimeout: STOP_MS } },
    taskList: tasks(orm),
    logger: new Logger(() => (level, message, details) => {
      if (level === 'error') log.error({ job: details }, message)
      else if (level === 'warning') log.warn({ job: details }, message)
    })
  })
  // Ends with the process; that a stop cut a job off, or came twice, is nobody's error.
  runner.promise.catch((error: unknown) => log.warn({ err: error }, 'jobs are no longer done'))
  return { stop: () => runner.stop().catch(() => {}) }
}
