import { setTimeout as sleep } from 'node:timers/promises'

export interface Log {
  warn(details: object, message: string): void
}

/**
 * Work that is repeated as long as the process runs. stop() resolves when the last run has ended or has had its time.
 */
export interface RepeatedWork {
  stop(): Promise<void>
}

interface Options {
  /** The pause between two runs, in ms. */
  every: number
  /** The log's message about a run that failed or took too long. The next run follows after the same pause. */
  failed: string
  /** How long a run is waited for, in ms. */
  longest?: number
}

/**
 * Most runs take milliseconds. One that a large change makes longer holds a lock in the database, so no second one
 * joins it.
 */
const LONGEST_MS = 30_000
/** With this many overlong runs, no new one is started: whatever they wait for would not answer it either. */
const MOST_LEFT = 3

export function repeat(work: () => Promise<unknown>, options: Options, log: Log): RepeatedWork {
  const stopping = new AbortController()
  const going = runRepeatedly(work, options, stopping.signal, (error) => log.warn({ err: error }, options.failed))
  return {
    stop: async () => {
      stopping.abort()
      await going
    }
  }
}

async function runRepeatedly(
  work: () => Promise<unknown>,
  { every, longest = LONGEST_MS }: Options,
  stopped: AbortSignal,
  warn: (error: unknown) => void
) {
  /** Runs that took too long, and that are no longer waited for. */
  const left = new Set<Promise<unknown>>()
  while (!stopped.aborted) {
    // A failed run needs no retry of its own, because the next run does the same work.
    const done = work().catch((error) => {
      if (!stopped.aborted) warn(error)
    })
    if (!(await isInTime(done, longest, stopped))) {
      warn(new Error(`It took longer than ${longest} ms and is left to itself`))
      left.add(done)
      done.then(() => left.delete(done))
    }
    while (left.size >= MOST_LEFT && !stopped.aborted) await isInTime(Promise.race(left), longest, stopped)
    await sleep(every, undefined, { signal: stopped }).catch(() => {})
  }
}

/** Whether a run ended in time. A stop waits for the current run, but no longer than `longest`. */
async function isInTime(done: Promise<unknown>, longest: number, stopped: AbortSignal): Promise<boolean> {
  const over = new AbortController()
  const late = sleep(longest, 'late', { signal: over.signal }).catch(() => 'late')
  const first = await Promise.race([done, late])
  over.abort()
  return first !== 'late' || stopped.aborted
}
