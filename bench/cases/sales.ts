import { shareOfBare, under, within } from '../bars.ts'
import { type Basket, drawBaskets } from '../baskets.ts'
import { type Case, type Measurement, Skip } from '../case.ts'
import { median } from '../measure.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { sale } from '../till-yardsticks.ts'
import { openTills, send } from '../tills.ts'
import { driftOf } from './memberships.ts'

const NEEDS = ['spend_change', 'till_key']
const CONNECTIONS = 16
const SALES_A_ROUND = 4_000
const MANY_SALES = 10_000

export const saleCases: Case[] = [
  { name: 'sales/by-16-tills', bar: shareOfBare(1), needs: NEEDS, run: againstBare },
  { name: 'sales/large-and-small-groups', bar: within(0.2), needs: NEEDS, run: byGroupSize },
  { name: 'figures/after-10,000-sales', bar: under(2, 's'), needs: NEEDS, run: spendAfterSales }
]

/** Customers in both the largest list and the largest primary group. */
const IN_LARGE = `
  select customer_id as id from list_membership join primary_membership mine using (customer_id)
  where list_membership.group_id = $1 and mine.group_id = $2 order by hashint4(customer_id) limit 1000
`
/** Customers who may buy, and are in no group that holds more than a twentieth of all customers. */
const IN_SMALL = `
  select customer_id as id from primary_membership mine
  where group_id not in (select group_id from primary_membership group by 1 having count(*) > $1)
    and group_id not in (select id from customer_group where restricts_purchases)
    and not exists (select from list_membership listed where listed.customer_id = mine.customer_id and group_id in
      (select group_id from list_membership group by 1 having count(*) > $1))
  order by hashint4(customer_id) limit 1000
`

async function againstBare(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const whom = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  return inTurns(stage, [
    { whom, write: post },
    { whom, write: insert }
  ])
}

async function byGroupSize(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const most = Math.floor((large.size / 0.9) * 0.05)
  const inLarge = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  const inSmall = await customersOf(stage, IN_SMALL, [most])
  return inTurns(stage, [
    { whom: inLarge, write: post },
    { whom: inSmall, write: post }
  ])
}

async function customersOf({ client }: Stage, text: string, values: number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(text, values)
  if (rows.length < 50) throw new Skip('too few customers are like this at this size')
  return rows.map(({ id }) => id)
}

interface Way {
  whom: number[]
  /** Says how many ms it took. */
  write(stage: Stage, baskets: Basket[]): Promise<number>
}

/** As tills do: POST /sales over sixteen connections. */
function post({ server }: Stage, baskets: Basket[]): Promise<number> {
  const requests = baskets.map(({ request }) => request)
  return send({ kind: 'http', connections: CONNECTIONS, address: server.address, requests })
}

/** The same rows by one prepared statement each, over sixteen connections to the database. */
function insert({ url }: Stage, baskets: Basket[]): Promise<number> {
  return send({ kind: 'sql', connections: CONNECTIONS, url, text: sale, rows: baskets.map(({ row }) => row) })
}

/** Measures the sales per second of two ways to write them, in turns. The figures are current when each begins. */
async function inTurns(stage: Stage, ways: [Way, Way]): Promise<Measurement> {
  const rates: [number[], number[]] = [[], []]
  const tills = await openTills(stage)
  for (let round = 0; round <= stage.rounds; round++) {
    for (const [place, { whom, write }] of ways.entries()) {
      const baskets = await drawBaskets(stage, tills, whom, SALES_A_ROUND, round)
      await settle(stage.url, 120)
      const took = await write(stage, baskets)
      // The first round only warms both up.
      if (round > 0) rates[place]?.push(SALES_A_ROUND / (took / 1000))
    }
  }
  return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws: [] }
}

async function spendAfterSales(stage: Stage): Promise<Measurement> {
  const { large, primary } = stage.facts.groups
  const whom = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  await settle(stage.url, 600)
  await post(stage, await drawBaskets(stage, await openTills(stage), whom, MANY_SALES, 0))
  const seconds = await settle(stage.url, 600, ['spend_change', 'count_change'])
  await settle(stage.url, 600)
  return { unit: 's', median: seconds, p99: null, yardstick: null, flaws: await driftOf(stage, large.id) }
}
