import { request } from 'node:http'
import { overSql, shareOfBare, underP95 } from '../bars.ts'
import { drawBaskets } from '../baskets.ts'
import type { Case, Measurement } from '../case.ts'
import { interleave, median, quantile, timed } from '../measure.ts'
import { startProgram } from '../server.ts'
import { onlyOnce, type Stage } from '../stage.ts'
import { lookup } from '../till-yardsticks.ts'
import { type BenchTill, openTills, pace, send } from '../tills.ts'

const NEEDS = ['till_key']
const CONNECTIONS = 16
const LOOKUPS_A_ROUND = 5_000

const TILLS = 100
const EVERY_MS = 500
const SECONDS = 6

export const tillCases: Case[] = [
  { name: 'till/lookup-by-phone', bar: overSql(2), needs: NEEDS, run: oneByOne },
  { name: 'till/lookup-at-16-connections', bar: shareOfBare(0.5), needs: NEEDS, run: atOnce },
  { name: 'till/100-tills/sales', bar: underP95(100), needs: NEEDS, run: async (stage) => (await beside(stage)).sales },
  { name: 'till/100-tills/pages', bar: underP95(100), needs: NEEDS, run: async (stage) => (await beside(stage)).pages }
]

/** Customers who have a phone, all over the table. */
async function phones({ client }: Stage, many: number): Promise<string[]> {
  const { rows } = await client.query<{ phone: string }>(
    'select phone from customer where phone is not null order by hashint4(id) limit $1',
    [many]
  )
  return rows.map(({ phone }) => phone)
}

const pathOf = (phone: string) => `/api/v1/customers?phone=${encodeURIComponent(phone)}`

async function oneByOne(stage: Stage): Promise<Measurement> {
  const tills = await openTills(stage)
  const asked = await phones(stage, 1_000)
  let place = 0
  const next = () => ({ phone: asked[place % asked.length] ?? '', till: tills[place++ % tills.length] as BenchTill })
  const [samples, yardstick] = await interleave(
    stage.rounds,
    () => {
      const { phone, till } = next()
      return get(stage.server.address + pathOf(phone), till.key)
    },
    () => stage.client.query({ name: 'till lookup', text: lookup, values: [next().phone] })
  )
  return { unit: 'ms', median: median(samples), p99: quantile(samples, 0.99), yardstick: median(yardstick), flaws: [] }
}

function get(url: string, key: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const asked = request(url, { headers: { authorization: `Bearer ${key}` } }, (answer) => {
      answer.resume()
      answer.once('end', () => (answer.statusCode === 200 ? resolve() : reject(new Error(`${answer.statusCode}`))))
    })
    asked.once('error', reject)
    asked.end()
  })
}

async function atOnce(stage: Stage): Promise<Measurement> {
  const tills = await openTills(stage)
  const asked = await phones(stage, LOOKUPS_A_ROUND)
  const requests = asked.map((phone, place) => ({
    method: 'GET' as const,
    path: pathOf(phone),
    key: (tills[place % tills.length] as BenchTill).key
  }))
  const bare = await startProgram('bench/bare/till.ts', '/ready', { DATABASE_URL: stage.url })
  const rates: [number[], number[]] = [[], []]
  try {
    for (let round = 0; round <= stage.rounds; round++) {
      for (const [place, address] of [stage.server.address, bare.address].entries()) {
        const took = await send({ kind: 'http', connections: CONNECTIONS, address, requests })
        if (round > 0) rates[place]?.push(requests.length / (took / 1000))
      }
    }
  } finally {
    await bare.stop()
  }
  return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws: [] }
}

interface Beside {
  sales: Measurement
  pages: Measurement
}

const besides = new WeakMap<Stage, Beside>()

/** A hundred tills sell twice a second each for a minute, while somebody goes through the pages without a pause. */
async function beside(stage: Stage): Promise<Beside> {
  await onlyOnce(stage, '100 tills', async () => {
    const { client, facts, server, visitor } = stage
    const tills = (await openTills(stage)).slice(0, TILLS)
    const { rows } = await client.query<{ id: number }>(
      `select customer_id as id from primary_membership where group_id not in (select id from customer_group where restricts_purchases)
      order by hashint4(customer_id) limit 5000`
    )
    const baskets = await drawBaskets(
      stage,
      tills,
      rows.map(({ id }) => id),
      TILLS * 2 * SECONDS,
      0
    )
    const requests = baskets.map(({ request }) => request)
    const selling = pace({ kind: 'http', connections: TILLS, address: server.address, requests, everyMs: EVERY_MS })
    const { large } = facts.groups
    const paths = ['/groups', '/customers', `/groups/${large.id}`, `/groups/${large.id}/customers`, '/activity']
    const pages: number[] = []
    let isOver = false
    void selling.finally(() => (isOver = true))
    for (let place = 0; !isOver; place++) pages.push(await timed(() => visitor.get(paths[place % paths.length] ?? '')))
    besides.set(stage, { sales: latencies(await selling), pages: latencies(pages) })
  })
  const found = besides.get(stage)
  if (!found) throw new Error('It was not measured')
  return found
}

/** The 95th percentile stands where other cases have the 99th. */
const latencies = (samples: number[]): Measurement => ({
  unit: 'ms',
  median: median(samples),
  p99: quantile(samples, 0.95),
  yardstick: null,
  flaws: []
})
