import { setTimeout as sleep } from 'node:timers/promises'

export interface Log {
  warn(details: object, message: string): void
}

/** Work that is done over and over for as long as the process runs, until stop() has come back. */
export interface Repeated {
  stop(): Promise<void>
}

/** `failed` is what the log says of work that went wrong; it is tried again after the same pause. */
export function repeat(
  work: () => Promise<unknown>,
  { every, failed }: { every: number; failed: string },
  log: Log
): Repeated {
  const stopped = new AbortController()
  const going = go(work, every, stopped.signal, (error) => log.warn({ err: error }, failed))
  return {
    stop: async () => {
      stopped.abort()
      await going
    }
  }
}

async function go(work: () => Promise<unknown>, every: number, stopped: AbortSignal, warn: (error: unknown) => void) {
  while (!stopped.aborted) {
    try {
      await work()
    } catch (error) {
      // Away or shutting down: nothing was done, the next time will.
      if (!stopped.aborted) warn(error)
    }
    await sleep(every, undefined, { signal: stopped }).catch(() => {})
  }
}
