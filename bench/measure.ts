/** A round asks until its time is over, but at least and at most so often. */
const ROUND_MS = 1_000
const LEAST = 3
/** What takes longer than a round is not asked more often. */
const LONGEST_MS = 3 * ROUND_MS
const MOST = 40

const WARM_UP = 3

/** The value below which that part of the samples lies; the nearest one that was measured. */
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

/** How long each of two things took, in ms, done in turns so that both meet the same machine. */
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
