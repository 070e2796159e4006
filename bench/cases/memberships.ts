import { setTimeout as sleep } from 'node:timers/promises'
import { under } from '../bars.ts'
import { type Case, FIGURES, type Measurement } from '../case.ts'
import { membersOf, moveAll } from '../changes.ts'
import type { BenchGroup } from '../facts.ts'
import { median, quantile, timed } from '../measure.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { add, move, remove } from '../yardsticks.ts'

const ROUNDS_OF = 20
const MOVED_SHARE = 0.1

/** The pause gives the background time to take in a change before the next one is made. */
const PAUSE_MS = 10

export const membershipCases: Case[] = [
  { name: 'membership/add', bar: under(15), run: (stage) => change(stage, 'add') },
  { name: 'membership/remove', bar: under(15), run: (stage) => change(stage, 'remove') },
  { name: 'membership/move', bar: under(15), run: (stage) => change(stage, 'move') },
  { name: 'figures/after-100,000-moved', bar: under(20, 's'), needs: [...FIGURES, 'product_change'], run: afterMove }
]

const OUTSIDERS = `
  select id from customer where id <> 1 and not exists (select from list_membership where group_id = $1 and customer_id = id)
  order by hashint4(id) limit $2
`
const INSIDERS =
  'select customer_id as id from list_membership where group_id = $1 order by hashint4(customer_id) limit $2'

const KINDS = {
  add: { sql: add, way: 1, whom: OUTSIDERS },
  remove: { sql: remove, way: -1, whom: INSIDERS },
  move: {
    sql: move,
    way: -1,
    whom: 'select customer_id as id from primary_membership where group_id = $1 order by hashint4(customer_id) limit $2'
  }
}

/** Changes one customer at a time. The page after each change must show how many customers the group has then. */
async function change(stage: Stage, kind: keyof typeof KINDS): Promise<Measurement> {
  const { client, facts, visitor, rounds } = stage
  const { sql, way, whom } = KINDS[kind]
  const group = kind === 'move' ? facts.groups.primary : facts.groups.large
  const target = kind === 'move' ? facts.otherPrimary.id : group.id
  const path = `/groups/${target}/${kind === 'remove' ? 'customers/removal' : 'add'}`
  const { rows } = await client.query<{ id: number }>(whom, [group.id, 2 * rounds * ROUNDS_OF])
  const [pages, statements]: [number[], number[]] = [[], []]
  const flaws = new Set<string>()
  let expected = await countOf(stage, group)
  for (const [place, { id }] of rows.entries()) {
    expected += way
    if (place % 2 === 0) {
      statements.push(await timed(() => client.query(sql, [target, id])))
      continue
    }
    pages.push(await timed(() => post(stage, path, id)))
    if (!(await visitor.get(`/groups/${group.id}/customers`)).includes(`Search ${format(expected)}`))
      flaws.add('the next page tells a wrong number')
    await sleep(PAUSE_MS)
  }
  if (rows.length === 0) throw new Error('Nobody is left for it')
  return {
    unit: 'ms',
    median: median(pages),
    p99: quantile(pages, 0.99),
    yardstick: median(statements),
    flaws: [...flaws]
  }
}

const format = (count: number) => `${count.toLocaleString('en')} customer`

async function post({ visitor }: Stage, path: string, id: number): Promise<void> {
  const { status } = await visitor.post(path, [
    ['ids', String(id)],
    ['do', 'sure']
  ])
  if (status !== 303) throw new Error(`${path} was answered with ${status}`)
}

async function countOf({ client }: Stage, { id, isList }: BenchGroup): Promise<number> {
  const table = isList ? 'list_membership' : 'primary_membership'
  const { rows } = await client.query(`select count(*)::int as count from ${table} where group_id = ${id}`)
  return rows[0].count
}

/** Moves a tenth of all customers to another primary group in one transaction, and measures until no figure lags. */
async function afterMove(stage: Stage): Promise<Measurement> {
  const { primary, default: fallback } = stage.facts.groups
  const count = Math.floor(((primary.size + fallback.size) / 0.6) * MOVED_SHARE)
  await settle(stage.url, 600)
  await moveAll(stage, await membersOf(stage, primary.id, count), stage.facts.otherPrimary.id)
  const seconds = await settle(stage.url, 600)
  return { unit: 's', median: seconds, p99: null, yardstick: null, flaws: await driftOf(stage, primary.id) }
}

const DRIFT = `
  select figures.spent = recount.spent and figures.customers = recount.customers and product.units = sold.units as "isRight"
  from group_figures figures,
    (select count(*) as customers, coalesce(sum(spent), 0) as spent from membership join customer_totals using (customer_id)
      where group_id = $1) recount,
    (select coalesce(sum(quantity), 0) as units from membership join sale_line using (customer_id) where group_id = $1) sold,
    (select coalesce(sum(units), 0) as units from group_product where group_id = $1) product
  where figures.group_id = $1
`

export async function driftOf({ client }: Stage, group: number): Promise<string[]> {
  const { rows } = await client.query<{ isRight: boolean }>(DRIFT, [group])
  return rows[0]?.isRight ? [] : ['the figures differ from a recount']
}
