import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { asNext, atLeast } from '../bars.ts'
import { created } from '../bulk-yardsticks.ts'
import type { Case, Measurement } from '../case.ts'
import { interleave, median } from '../measure.ts'
import type { Stage } from '../stage.ts'

/** This is longer than a pool keeps connections that it does not need. */
const QUIET_MS = 12_000

export const customerCases: Case[] = [
  { name: 'customer/create', bar: atLeast(200, '/s'), run: createByForm },
  { name: 'customer/first-page-after-quiet', bar: asNext(1.5), run: lookAfterQuiet }
]

/** Creates customers one after the other, in turns with bare SQL that writes the same rows. */
async function createByForm(stage: Stage): Promise<Measurement> {
  const { visitor, client, rounds } = stage
  const before = await countOf(stage)
  const [forms, statements] = await interleave(
    rounds,
    async () => {
      const { status } = await visitor.post('/customers', Object.entries(details()))
      if (status !== 303) throw new Error(`The form was answered with ${status}`)
    },
    async () => client.query(created, [details().firstName, details().email])
  )
  const isThere = (await countOf(stage)) - before >= forms.length + statements.length
  return {
    unit: '/s',
    median: 1_000 / median(forms),
    p99: null,
    yardstick: 1_000 / median(statements),
    flaws: isThere ? [] : ['not all of them are there']
  }
}

function details() {
  const mark = randomUUID()
  const about = { firstName: `Ada ${mark.slice(0, 8)}`, lastName: 'Bench', email: `${mark}@bench.example` }
  return { ...about, key: randomUUID(), birthDate: '1984-02-29', gender: 'female', location: 'Madrid' }
}

async function countOf({ client }: Stage): Promise<number> {
  const { rows } = await client.query('select count(*)::int as count from customer')
  return rows[0].count
}

/** Measures the first page after a quiet time, and the page that follows it. */
async function lookAfterQuiet({ visitor, rounds }: Stage): Promise<Measurement> {
  const [first, next]: [number[], number[]] = [[], []]
  const look = async (times: number[]) => {
    const began = performance.now()
    await visitor.get('/groups')
    times.push(performance.now() - began)
  }
  for (let round = 0; round < rounds; round++) {
    await sleep(QUIET_MS)
    await look(first)
    await look(next)
  }
  return { unit: 'ms', median: median(first), p99: Math.max(...first), yardstick: median(next), flaws: [] }
}
