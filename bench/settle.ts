import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'

const LOOK_MS = 20

/** The tables of changes that the figures have not taken in yet. If a table is missing, nothing lags there. */
const QUEUES = ['count_change', 'spend_change', 'product_change']

/** Waits until all figures are current, or only those of the given queues. Returns how long that took, in seconds. */
export async function settle(url: string, longest: number, queues = QUEUES): Promise<number> {
  return withPending(url, queues, async (isPending) => {
    for (const began = performance.now(); ; await sleep(LOOK_MS)) {
      const hasEnded = !(await isPending())
      const seconds = (performance.now() - began) / 1000
      if (hasEnded) return seconds
      if (seconds > longest) throw new Error(`The figures are not current after ${longest} s`)
    }
  })
}

export async function isBehind(url: string): Promise<boolean> {
  return withPending(url, QUEUES, (isPending) => isPending())
}

async function withPending<Result>(
  url: string,
  queues: string[],
  work: (isPending: () => Promise<boolean>) => Promise<Result>
): Promise<Result> {
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const { rows: there } = await client.query<{ queue: string }>(THERE, [queues])
    const pending = there.map(({ queue }) => `exists (select from ${queue})`).join(' or ') || 'false'
    return await work(async () => (await client.query(`select ${pending} as pending`)).rows[0].pending)
  } finally {
    await client.end()
  }
}

const THERE = 'select queue from unnest($1::text[]) queue where to_regclass(queue) is not null'
