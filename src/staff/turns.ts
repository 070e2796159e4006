import { RetryLater } from '../lib/errors.ts'

/**
 * The number of passwords that are hashed at once. A hash takes a core and 19 MB for some 30 ms; the other core is left
 * for pages.
 */
const AT_ONCE = 1
/** The most callers who wait. They are served within about 3 seconds. */
const MOST_WAITING = 50
/**
 * The longest wait for a turn. The database may not answer the first caller in the queue, nor the next. With the time
 * that a turn itself may take then, nobody waits for 8 s.
 */
const LONGEST_WAIT_MS = 6_000

let running = 0
const waiting: (() => void)[] = []
/** The number of waiting callers who go before the others. */
let first = 0

export function howManyWait(): number {
  return waiting.length
}

/** Whether the queue is full, so that further callers should try again later. */
export function isCrowded(): boolean {
  return howManyWait() >= MOST_WAITING
}

/**
 * Does work when its turn comes: in the order of calls or, if `isFirst`, before all others who wait.
 * @throws RetryLater if its turn doesn't come in time.
 */
export async function inTurn<Result>(work: () => Promise<Result>, isFirst = false): Promise<Result> {
  if (running < AT_ONCE) running++
  else await myTurn(isFirst)
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    first = Math.max(0, first - 1)
    // The place passes directly to the next caller, so that a newcomer can't take it in between.
    if (next) next()
    else running--
  }
}

function myTurn(isFirst: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    const begin = () => {
      clearTimeout(timer)
      resolve()
    }
    const timer = setTimeout(() => {
      const at = waiting.indexOf(begin)
      waiting.splice(at, 1)
      if (at < first) first--
      reject(new RetryLater('Too many people are signing in right now.', 5))
    }, LONGEST_WAIT_MS)
    if (isFirst) waiting.splice(first++, 0, begin)
    else waiting.push(begin)
  })
}
