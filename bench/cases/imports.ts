import { type Bar, reported, timesQuiet, timesSql, under } from '../bars.ts'
import { type Case, FIGURES, type Measurement, Skip } from '../case.ts'
import { type ImportTimes, measureImport } from '../imports.ts'
import { groupsDuring } from '../meanwhile.ts'
import { median } from '../measure.ts'
import type { Stage } from '../stage.ts'
import { countEveryone } from './bulk.ts'

interface Size {
  rows: number
  rounds: number
  /** The bars of the plan on screen, and of the whole import against its SQL. */
  bars: { plan: Bar; whole: Bar }
}

const SIZES: Size[] = [
  { rows: 1_000, rounds: 5, bars: { plan: under(1_000), whole: reported } },
  { rows: 10_000, rounds: 3, bars: { plan: reported, whole: timesSql(3) } },
  { rows: 100_000, rounds: 1, bars: { plan: under(10_000), whole: timesSql(3) } },
  { rows: 1_000_000, rounds: 1, bars: { plan: reported, whole: timesSql(3) } }
]
const needs = ['file_import', ...FIGURES]

export const importCases: Case[] = [
  ...SIZES.flatMap((size): Case[] => {
    const name = size.rows.toLocaleString('en')
    const plan = (times: ImportTimes) => ({ ours: times.checked, bare: null })
    const whole = (times: ImportTimes) => ({
      ours: times.checked.map((ms, round) => ms + (times.added[round] ?? 0)),
      bare: times.bare
    })
    return [
      { name: `import/${name}/plan`, bar: size.bars.plan, needs, run: (stage) => measureSize(stage, size, plan) },
      { name: `import/${name}/all`, bar: size.bars.whole, needs, run: (stage) => measureSize(stage, size, whole) }
    ]
  }),
  { name: 'import/groups-meanwhile', bar: timesQuiet(5, 100), needs, run: groupsDuringImport }
]

const known = new WeakMap<Stage, Map<number, Promise<ImportTimes>>>()

async function measureSize(
  stage: Stage,
  { rows, rounds }: Size,
  part: (times: ImportTimes) => { ours: number[]; bare: number[] | null }
): Promise<Measurement> {
  if (rows > (await countEveryone(stage))) throw new Skip('too few customers at this size')
  const times = known.get(stage) ?? new Map<number, Promise<ImportTimes>>()
  known.set(stage, times)
  const all = times.get(rows) ?? measureImport(stage, rows, rounds)
  times.set(rows, all)
  const found = await all
  const { ours, bare } = part(found)
  return { unit: 'ms', median: median(ours), p99: null, yardstick: bare && median(bare), flaws: [...found.flaws] }
}

const MEANWHILE_ROWS = 100_000
const UNDER_WAY = `select from file_import where state in ('reading', 'checking')
  union all select from bulk_operation where kind = 'import' and state = 'running'`

/** Measures the list of groups while a file is read, checked and added. */
async function groupsDuringImport(stage: Stage): Promise<Measurement> {
  const rows = Math.min(MEANWHILE_ROWS, await countEveryone(stage))
  return groupsDuring(stage, UNDER_WAY, () => measureImport(stage, rows, 1))
}
