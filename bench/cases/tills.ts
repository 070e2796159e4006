import { request } from 'node:http'
import { overSql, shareOfBare } from '../bars.ts'
import type { Case, Measurement } from '../case.ts'
import { interleave, median, quantile } from '../measure.ts'
import { startProgram } from '../server.ts'
import type { Stage } from '../stage.ts'
import { type BenchTill, openTills, send } from '../tills.ts'
import { lookup } from '../yardsticks.ts'

const NEEDS = ['till_key']
const CONNECTIONS = 16
const LOOKUPS_A_ROUND = 5_000

export const tillCases: Case[] = [
  { name: 'till/lookup-by-phone', bar: overSql(2), needs: NEEDS, run: oneByOne },
  { name: 'till/lookup-at-16-connections', bar: shareOfBare(0.5), needs: NEEDS, run: atOnce }
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
