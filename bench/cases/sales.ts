import pg from 'pg'
import { createOrm, type Em } from '../../src/db/orm.ts'
import { shareOfBare, under, within } from '../bars.ts'
import { type Basket, drawBaskets } from '../baskets.ts'
import { type Case, type Measured, Skip } from '../case.ts'
import { median } from '../measure.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { sale } from '../yardsticks.ts'
import { driftOf } from './memberships.ts'

const NEEDS = ['spend_change']
/** Of src/sales; by its address, so that the rest of the bench runs without it. */
const RECORD = new URL('../../src/sales/record.ts', import.meta.url).href
interface Recorder {
  recordSale(em: Em, sale: Basket['sale']): Promise<unknown>
}

const WRITERS = 16
const SALES_A_ROUND = 1_000
const MANY_SALES = 10_000

export const saleCases: Case[] = [
  { name: 'sales/by-16-writers', bar: shareOfBare(0.6), needs: NEEDS, run: againstBare },
  { name: 'sales/large-and-small-groups', bar: within(0.2), needs: NEEDS, run: byGroupSize },
  { name: 'figures/after-10,000-sales', bar: under(2, 's'), needs: NEEDS, run: spendAfterSales }
]

/** In the largest list and the largest primary group. */
const IN_LARGE = `
  select customer_id as id from list_membership join primary_membership mine using (customer_id)
  where list_membership.group_id = $1 and mine.group_id = $2 order by hashint4(customer_id) limit ${SALES_A_ROUND}
`
/** In no group that holds more than a twentieth of all. */
const IN_SMALL = `
  select customer_id as id from primary_membership mine
  where group_id not in (select group_id from primary_membership group by 1 having count(*) > $1)
    and not exists (select from list_membership listed where listed.customer_id = mine.customer_id and group_id in
      (select group_id from list_membership group by 1 having count(*) > $1))
  order by hashint4(customer_id) limit ${SALES_A_ROUND}
`

async function againstBare(stage: Stage): Promise<Measured> {
  const whom = await customersOf(stage, IN_LARGE, [stage.facts.groups.large.id, stage.facts.groups.primary.id])
  return inTurns(stage, [
    async (round) => recordAll(stage, await drawBaskets(stage, whom, SALES_A_ROUND, round)),
    async (round) => writeAll(stage, await drawBaskets(stage, whom, SALES_A_ROUND, round))
  ])
}

async function byGroupSize(stage: Stage): Promise<Measured> {
  const { large, primary } = stage.facts.groups
  const most = Math.floor((large.size / 0.9) * 0.05)
  const inLarge = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  const inSmall = await customersOf(stage, IN_SMALL, [most])
  return inTurns(
    stage,
    [inLarge, inSmall].map(
      (whom) => async (round: number) => recordAll(stage, await drawBaskets(stage, whom, SALES_A_ROUND, round))
    )
  )
}

async function customersOf({ client }: Stage, text: string, values: number[]): Promise<number[]> {
  const { rows } = await client.query<{ id: number }>(text, values)
  if (rows.length < 50) throw new Skip('too few customers are like this at this size')
  return rows.map(({ id }) => id)
}

/** Sales per second of two ways to write the same, in turns, each with figures that are current when it begins. */
async function inTurns(stage: Stage, [one, other]: ((round: number) => Promise<void>)[]): Promise<Measured> {
  const rates: [number[], number[]] = [[], []]
  for (let round = 0; round <= stage.rounds; round++) {
    for (const [place, write] of [one, other].entries()) {
      await settle(stage.url, 120)
      const began = performance.now()
      await write?.(round)
      // The first warms up.
      if (round > 0) rates[place]?.push(SALES_A_ROUND / ((performance.now() - began) / 1000))
    }
  }
  return { unit: '/s', median: median(rates[0]), p99: null, yardstick: median(rates[1]), flaws: [] }
}

/** By the domain function; two pools, as of two processes, hold a connection for each writer. */
async function recordAll({ url }: Stage, baskets: Basket[]): Promise<void> {
  const { recordSale }: Recorder = await import(RECORD)
  const orms = [createOrm(url), createOrm(url)] as const
  try {
    await shareOut(baskets, (basket, writer) => recordSale(orms[writer % 2 ? 1 : 0].em.fork(), basket.sale))
  } finally {
    for (const orm of orms) await orm.close()
  }
}

/** By bare SQL that writes the same rows. */
async function writeAll({ url }: Stage, baskets: Basket[]): Promise<void> {
  const clients = Array.from({ length: WRITERS }, () => new pg.Client({ connectionString: url }))
  try {
    await Promise.all(clients.map((client) => client.connect()))
    await shareOut(baskets, (basket, writer) =>
      clients[writer]?.query({ name: 'sale', text: sale, values: basket.row })
    )
  } finally {
    for (const client of clients) await client.end()
  }
}

async function shareOut(baskets: Basket[], write: (basket: Basket, writer: number) => Promise<unknown> | undefined) {
  const left = baskets.values()
  const writers = Array.from({ length: WRITERS }, async (_, writer) => {
    for (const basket of left) await write(basket, writer)
  })
  await Promise.all(writers)
}

async function spendAfterSales(stage: Stage): Promise<Measured> {
  const { large, primary } = stage.facts.groups
  const whom = await customersOf(stage, IN_LARGE, [large.id, primary.id])
  await settle(stage.url, 600)
  await recordAll(stage, await drawBaskets(stage, whom, MANY_SALES, 0))
  const seconds = await settle(stage.url, 600, ['spend_change', 'count_change'])
  await settle(stage.url, 600)
  return { unit: 's', median: seconds, p99: null, yardstick: null, flaws: await driftOf(stage, large.id) }
}
