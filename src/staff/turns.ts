/** To hash a password takes a core and 19 MB for some 30 ms; the other core is for pages. */
const AT_ONCE = 1
/** About as many as are answered within 3 seconds. */
const MOST_WAITING = 50

let running = 0
const waiting: (() => void)[] = []

/** Whoever comes now had better come again. */
export function isCrowded(): boolean {
  return waiting.length >= MOST_WAITING
}

/** Does work once it is its turn: in the order of asking, or before all who are waiting. */
export async function inTurn<Result>(work: () => Promise<Result>, isFirst = false): Promise<Result> {
  if (running < AT_ONCE) running++
  else await new Promise<void>((resolve) => (isFirst ? waiting.unshift(resolve) : waiting.push(resolve)))
  try {
    return await work()
  } finally {
    const next = waiting.shift()
    // The place goes over to the next one; nobody who has just come gets in between.
    if (next) next()
    else running--
  }
}
