import { type Bar, both, timesQuiet, timesSql, under } from '../bars.ts'
import { KINDS, type Kind, measureBulk, type Times } from '../bulk.ts'
import { type Case, FIGURES, type Measurement } from '../case.ts'
import { groupsDuring } from '../meanwhile.ts'
import { median } from '../measure.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'

interface Size {
  name: string
  of(everyone: number): number
  rounds: number
  kinds: readonly Kind[]
  bar: Bar
}

const SIZES: Size[] = [
  { name: '100', of: () => 100, rounds: 5, kinds: KINDS, bar: timesSql(2) },
  { name: '1,000', of: () => 1_000, rounds: 5, kinds: KINDS, bar: timesSql(2) },
  { name: '10,000', of: () => 10_000, rounds: 3, kinds: KINDS, bar: both(timesSql(2), under(1_000)) },
  { name: 'half', of: (everyone) => Math.floor(everyone / 2), rounds: 1, kinds: KINDS.slice(2), bar: timesSql(1.5) },
  { name: 'all', of: (everyone) => everyone, rounds: 1, kinds: KINDS.slice(0, 2), bar: timesSql(1.5) }
]

const needs = ['bulk_operation', ...FIGURES]

export const bulkCases: Case[] = [
  ...SIZES.flatMap((size) =>
    size.kinds.map(
      (kind): Case => ({
        name: `bulk/${size.name}/${kind}`,
        bar: size.bar,
        needs,
        run: (stage) => measureSize(stage, size, kind)
      })
    )
  ),
  { name: 'bulk/groups-meanwhile', bar: timesQuiet(5, 100), needs, run: groupsDuringBulk }
]

const known = new WeakMap<Stage, Map<string, Promise<Times>>>()

async function measureSize(stage: Stage, { name, of, rounds, kinds }: Size, kind: Kind): Promise<Measurement> {
  const everyone = await countEveryone(stage)
  if (of(everyone) > everyone)
    return { unit: 'ms', median: 0, p99: null, yardstick: null, flaws: ['too few customers'] }
  const times = known.get(stage) ?? new Map<string, Promise<Times>>()
  known.set(stage, times)
  const all = times.get(name) ?? measureBulk(stage, of(everyone), rounds, kinds)
  times.set(name, all)
  const { ours, bare, flaws } = (await all)[kind]
  return { unit: 'ms', median: median(ours), p99: null, yardstick: median(bare), flaws: [...flaws] }
}

export async function countEveryone({ client }: Stage): Promise<number> {
  const { rows } = await client.query('select count(*)::int - 1 as n from customer')
  return rows[0].n
}

/** Measures the list of groups while everyone is added to a list and taken off it again. */
async function groupsDuringBulk(stage: Stage): Promise<Measurement> {
  const everyone = await countEveryone(stage)
  const found = await groupsDuring(stage, `select from bulk_operation where state = 'running'`, () =>
    measureBulk(stage, everyone, 1, ['add', 'undo-add'])
  )
  await settle(stage.url, 600)
  return found
}
