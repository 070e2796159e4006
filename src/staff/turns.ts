import { RetryLater } from '../lib/errors.ts'

/** To hash a password takes a core and 19 MB for some 30 ms; the other core is for pages. */
const AT_ONCE = 1
/** About as many as are answered within 3 seconds. */
const MOST_WAITING = 50
/**
 * Whoever is in front may wait for a database that does not answer, and so may the next one: with what a turn itself may take
 * then, nobody has to wait for 8 s.
 */
const LONGEST_WAIT_MS = 6_000

let running = 0
const waiting: (() => void)[] = []
/** Of these, how many go before the others. */
let first = 0

export function howManyWait(): number {
  return waiting.length
}

/** Whoever comes now had better come again. */
export function isCrowded(): boolean {
  return howManyWait() >= MOST_WAITING
}

/** Does work once it is its turn: in the order of asking, or before all who are waiting. One whose turn does not come in time is told to come again. */
export async function inTurn<Result>(work: () => Promise<Result>, isFirst = false): Promise<Result> {
  if (running < AT_ONCE) running++
  else await myTurn(isFirst)
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    first = Math.max(0, first - 1)
    // The place goes over to the next one; nobody who has just come gets in between.
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
