import { setTimeout as sleep } from 'node:timers/promises'
import type { Cluster } from './cluster.ts'
import type { Holders } from './holders.ts'

export interface Log {
  warn(details: object, message: string): void
}

const LOOK_MS = 500
const SHORTEST_MS = 1_000
const LONGEST_MS = 60_000

/**
 * Restarts an embedded database that has died, for as long as this process holds it. The first restart follows at once;
 * if the database keeps dying or does not start, each pause is twice as long as the one before. Only a server does
 * this; a command that uses the same database finds it running again.
 */
export async function keepRunning(holders: Holders, cluster: Cluster, log: Log, stopped: AbortSignal): Promise<void> {
  let pause = 0
  let last = 0
  while (!stopped.aborted) {
    await wait(LOOK_MS, stopped)
    if (stopped.aborted || cluster.isRunning) continue
    if (Date.now() - last > LONGEST_MS * 2) pause = 0
    log.warn({ inMs: pause }, 'the embedded PostgreSQL has died and is started again')
    await wait(pause, stopped)
    if (stopped.aborted) return
    last = Date.now()
    pause = Math.min(LONGEST_MS, Math.max(SHORTEST_MS, pause * 2))
    try {
      await holders.exclusively(() => cluster.restart(stopped))
      log.warn({ tookMs: Date.now() - last }, 'the embedded PostgreSQL is running again')
    } catch (error) {
      if (!stopped.aborted) log.warn({ err: error }, 'the embedded PostgreSQL could not be started')
    }
  }
}

const wait = (ms: number, signal: AbortSignal) => sleep(ms, undefined, { signal }).catch(() => {})
