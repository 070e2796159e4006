import { shareOfBare, under, within } from '../bars.ts'
import { type Basket, drawBaskets } from '../baskets.ts'
import { type Case, type Measurement, Skip } from '../case.ts'
import { median, timed } from '../measure.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { type Writers, withWriters } from '../writers.ts'
import { driftOf } from './memberships.ts'

const NEEDS = ['spend_change']
const SALES_A_ROUND = 1_000
const MANY_SALES = 10_000

export const saleCases: Case[] = [
  { name: 'sales/by-16-writers', bar: shareOfBare(0.6), needs: NEEDS, run: againstBare },
  { name: 'sales/large-and-small-groups', bar: within(0.2), needs: NEEDS, run: byGroupSize },
  { name: 'figures/after-10,000-sales', bar: under(2, 's'), needs: NEEDS, run: spendAfterSales }
]

/** Customers in both the largest list and the largest primary group. */
const IN_LARGE = `
  select customer_id as id from list_membership join primary_membership mine using (customer_id)
  where list_membership.group_id = $1 and mine.group_id = $2 order by hashint4(customer_id) limit ${SALES_A_ROUND}
`
/** Customers who may buy, and are in no group that holds more than a twentieth of all customers. */
const IN_SMALL = `
  select customer_id as id from primary_membership mine
  where group_id not in (select group_id from primary_membership group by 1 having count(*) > $1)
    and group_id not in (select id from customer_group where restricts_purchases)
    and not exists (select from list_membership listed where listed.customer_id = mine.customer_id and group_id in
      (select group_id from list_membership group by 1 having count(*) > $1))
  order by hashint4(customer_id) limit ${SALES_A_ROUND}
`

async function againstBare(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const whom = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  return inTurns(stage, [
    { whom, write: (writers, baskets) => writers.record(baskets) },
    { whom, write: (writers, baskets) => writers.insert(baskets) }
  ])
}

async function byGroupSize(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const most = Math.floor((large.size / 0.9) * 0.05)
  const inLarge = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  const inSmall = await customersOf(stage, IN_SMALL, [most])
  return inTurns(stage, [
    { whom: inLarge, write: (writers, baskets) => writers.record(baskets) },
    { whom: inSmall, write: (writers, baskets) => writers.record(baskets) }
  ])
}

async function customersOf({ client }: Stage, text: string, values: number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(text, values)
  if (rows.length < 50) throw new Skip('too few customers are like this at this size')
  return rows.map(({ id }) => id)
}

interface Way {
  whom: number[]
  write(writers: Writers, baskets: Basket[]): Promise<void>
}

/** Measures the sales per second of two ways to write them, in turns. The figures are current when each begins. */
async function inTurns(stage: Stage, ways: [Way, Way]): Promise<Measurement> {
  const rates: [number[], number[]] = [[], []]
  await withWriters(stage, async (writers) => {
    for (let round = 0; round <= stage.rounds; round++) {
      for (const [place, { whom, write }] of ways.entries()) {
        const baskets = await drawBaskets(stage, whom, SALES_A_ROUND, round)
        await settle(stage.url, 120)
        const took = await timed(() => write(writers, baskets))
        // The first round only opens the connections.
        if (round > 0) rates[place]?.push(SALES_A_ROUND / (took / 1000))
      }
    }
  })
  return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws: [] }
}

async function spendAfterSales(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const whom = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  await settle(stage.url, 600)
  const baskets = await drawBaskets(stage, whom, MANY_SALES, 0)
  await withWriters(stage, (writers) => writers.record(baskets))
  const seconds = await settle(stage.url, 600, ['spend_change', 'count_change'])
  await settle(stage.url, 600)
  return { unit: 's', median: seconds, p99: null, yardstick: null, flaws: await driftOf(stage, large.id) }
}
