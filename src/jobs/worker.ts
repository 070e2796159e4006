import { setTimeout as sleep } from 'node:timers/promises'
import { OPERATIONS, sweepOperations } from '../bulk/sweep.ts'
import type { Orm } from '../db/orm.ts'
import { freeJobs } from '../db/queue/sweep.ts'
import { IMPORTS, sweepImports } from '../imports/sweep.ts'
import { type RepeatedWork, repeat } from '../lib/repeat.ts'
import { type QueueRun, startRun, type WorkerLog } from './run.ts'
import { tasks } from './tasks.ts'

const SWEEP = { every: 3_000, failed: 'lost jobs were not looked for' }
const AGAIN_MS = 1_000
/** A queue that ended sooner than this counts as never reached. */
const STEADY_MS = 10_000

export interface Worker extends RepeatedWork {
  /** Whether it runs jobs, and since when it does or does not. */
  state(): { running: boolean; since: Date }
}

/**
 * Runs jobs for as long as the process runs. A job that a stop interrupts is run again by another process, or after the
 * next start. A queue that ends, as it does when the database goes away, is started again and again until it succeeds.
 */
export async function startWorker(
  url: string,
  orm: Orm,
  log: WorkerLog,
  clock: () => Date = () => new Date()
): Promise<Worker> {
  const stopping = new AbortController()
  const stopped = new Promise((resolve) => stopping.signal.addEventListener('abort', resolve))
  const tried = Promise.withResolvers<void>()
  let state = { running: false, since: new Date() }
  let lostAt: Date | null = null
  let current: QueueRun | undefined
  let leaving = Promise.resolve()

  async function keepRunning(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        current = await startRun(url, tasks(orm, clock), log)
        state = { running: true, since: new Date() }
        tried.resolve()
        const reason = await Promise.race([current.over, stopped])
        if (stopping.signal.aborted) return
        log.warn({ err: reason }, 'jobs are not done until the queue is reached again')
        // Jobs that it is running are finished beside the next queue.
        leaving = current.stop().catch(() => {})
        current = undefined
      } catch (error) {
        log.warn({ err: error }, 'the job queue could not be started')
        tried.resolve()
      }
      const wasSteady = state.running && Date.now() - state.since.getTime() > STEADY_MS
      lostAt = wasSteady || !lostAt ? new Date() : lostAt
      state = { running: false, since: lostAt }
      await sleep(AGAIN_MS, undefined, { signal: stopping.signal }).catch(() => {})
    }
  }

  const going = keepRunning()
  await tried.promise
  const sweep = repeat(() => sweepOnce(orm, clock()), SWEEP, log)
  return {
    state: () => state,
    stop: async () => {
      stopping.abort()
      await Promise.all([sweep.stop(), going])
      await Promise.all([current?.stop(), leaving])
    }
  }
}

async function sweepOnce(orm: Orm, now: Date): Promise<void> {
  await freeJobs(orm.em.fork(), [OPERATIONS, IMPORTS])
  await sweepOperations(orm.em.fork(), now)
  await sweepImports(orm.em.fork(), now)
}
