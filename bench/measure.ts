/** How long a round goes on, in ms, and the fewest times that it measures. */
const ROUND_MS = 1_000
const LEAST = 3
/** Work that takes longer than a round is not repeated beyond this time; nothing is measured more than MOST times. */
const LONGEST_MS = 3 * ROUND_MS
const MOST = 40

const WARM_UP = 3

/** The value at or below which this part of the samples lies: the nearest sample, not an interpolation. */
export function quantile(samples: number[], part: number): number {
  const sorted = samples.toSorted((one, other) => one - other)
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? Number.NaN
}

export function median(samples: number[]): number {
  return quantile(samples, 0.5)
}

export function mean(samples: number[]): number {
  return samples.reduce((sum, one) => sum + one, 0) / samples.length
}

type Work = () => Promise<unknown>

/**
 * How long, in ms, each of two things took. They are done in turns, so that both run on the same machine in the same
 * state.
 */
export async function interleave(rounds: number, one: Work, other: Work): Promise<[number[], number[]]> {
  const times: [number[], number[]] = [[], []]
  for (const work of [one, other]) {
    const end = performance.now() + ROUND_MS
    for (let time = 0; time < WARM_UP && performance.now() < end; time++) await work()
  }
  for (let round = 0; round < rounds; round++) {
    await repeat(one, times[0])
    await repeat(other, times[1])
  }
  return times
}

async function repeat(work: Work, times: number[]): Promise<void> {
  const began = performance.now()
  const isOn = (done: number) => performance.now() < began + (done < LEAST ? LONGEST_MS : ROUND_MS)
  for (let done = 0; done < MOST && (done === 0 || isOn(done)); done++) times.push(await timed(work))
}

export async function timed(work: Work): Promise<number> {
  const began = performance.now()
  await work()
  return performance.now() - began
}
