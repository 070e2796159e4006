import autocannon from 'autocannon'
import { mean, quantile } from './measure.ts'
import { startServer } from './server.ts'
import type { Stage } from './stage.ts'
import { AS_A_BROWSER, Visitor } from './visitor.ts'

const CONNECTIONS = 16
/** With the usual five rounds this makes ten minutes. */
const SECONDS_A_ROUND = 120
const LOOKS_A_ROUND = 12
/**
 * The most that memory may grow from the second fifth of the time to the last. Memory that V8 has not returned yet
 * comes and goes.
 */
const MOST_GROWTH_MB = 16

interface LoadResult {
  /** The most memory that the server ever held, in MB. */
  peak: number
  flaws: string[]
}

/**
 * Starts another server and loads its pages over sixteen connections without a pause, to see whether its memory stays
 * the same. Null where memory can't be measured.
 */
export async function underLoad({ url, rounds, facts }: Stage): Promise<LoadResult | null> {
  const server = await startServer(url)
  const visitor = await Visitor.signIn(server.address)
  try {
    const { large } = facts.groups
    const pages = [
      '/groups',
      '/customers',
      '/activity',
      ...['', '/customers', '/products', '/add'].map((tab) => `/groups/${large.id}${tab}`)
    ]
    const samples: number[] = []
    for (let look = 0; look < rounds * LOOKS_A_ROUND; look++) {
      await load(visitor, pages, SECONDS_A_ROUND / LOOKS_A_ROUND)
      const memory = server.memory()
      if (!memory) return null
      samples.push(memory.now)
    }
    const peak = server.memory()?.server ?? quantile(samples, 1)
    const fifth = Math.ceil(samples.length / 5)
    const grown = mean(samples.slice(-fifth)) - mean(samples.slice(fifth, 2 * fifth))
    return { peak, flaws: grown > MOST_GROWTH_MB ? [`grew by ${Math.round(grown)} MB`] : [] }
  } finally {
    visitor.leave()
    await server.stop()
  }
}

async function load({ address, cookie }: Visitor, pages: string[], duration: number): Promise<void> {
  const requests = pages.map((path) => ({ path }))
  const headers = { cookie, ...AS_A_BROWSER }
  const found = await autocannon({ url: address, connections: CONNECTIONS, duration, headers, requests })
  if (found.non2xx || found.errors) throw new Error(`${found.non2xx + found.errors} requests failed`)
}
