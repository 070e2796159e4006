import { setTimeout as sleep } from 'node:timers/promises'

export interface Log {
  warn(details: object, message: string): void
}

/** Work that is done over and over for as long as the process runs, until stop() has come back. */
export interface Repeated {
  stop(): Promise<void>
}

interface Options {
  /** The pause between two times, in ms. */
  every: number
  /** What the log says of work that went wrong, or took too long; it is tried again after the same pause. */
  failed: string
  /** In ms. */
  longest?: number
}

/** Most of it takes milliseconds. What a large change makes longer excludes a second one by a lock in the database. */
const LONGEST_MS = 30_000
/** That many at once are too many: whatever they wait for will not answer one more. */
const MOST_LEFT = 3

export function repeat(work: () => Promise<unknown>, options: Options, log: Log): Repeated {
  const stopping = new AbortController()
  const going = go(work, options, stopping.signal, (error) => log.warn({ err: error }, options.failed))
  return {
    stop: async () => {
      stopping.abort()
      await going
    }
  }
}

async function go(
  work: () => Promise<unknown>,
  { every, longest = LONGEST_MS }: Options,
  stopped: AbortSignal,
  warn: (error: unknown) => void
) {
  /** Those that took too long: nobody waits for them any more. */
  const left = new Set<Promise<unknown>>()
  while (!stopped.aborted) {
    // Away or shutting down: nothing was done, the next time will.
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

/** A stop waits for what is under way, but no longer than a time would have been waited for anyway. */
async function isInTime(done: Promise<unknown>, longest: number, stopped: AbortSignal): Promise<boolean> {
  const over = new AbortController()
  const late = sleep(longest, 'late', { signal: over.signal }).catch(() => 'late')
  const first = await Promise.race([done, late])
  over.abort()
  return first !== 'late' || stopped.aborted
}
