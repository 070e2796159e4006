import { setTimeout as sleep } from 'node:timers/promises'
import type { Em } from '../../src/db/orm.ts'
import { format } from '../bare/template.ts'
import { timesSql, under } from '../bars.ts'
import { type Case, FIGURES, type Measurement } from '../case.ts'
import { withEm } from '../changes.ts'
import { median, timed } from '../measure.ts'
import { pageCase, sameProducts } from '../pages.ts'
import { settle } from '../settle.ts'
import type { Stage } from '../stage.ts'
import { inList, overview, period, ranking } from '../yardsticks.ts'

const PRODUCTS = ['group_product']
const PERIODS = [30, 90, 365]

/** The number of large groups in which a period is looked at for the first time. */
const GROUPS = 5
const LOOK_MS = 20
const LONGEST_LOOK_MS = 120_000
const HANGS_MS = 500

export const figureCases: Case[] = [
  pageCase({
    name: 'overview',
    bar: under(25),
    needs: FIGURES,
    look: ({ facts }) => {
      const { id } = facts.groups.large
      const says = (html: string, [row]: Record<string, unknown>[]) =>
        html.includes(`>${format.number(Number(row?.customers))}<`) && html.includes(String(row?.top))
      return { path: `/groups/${id}`, sql: overview(id), says }
    }
  }),
  pageCase({
    name: 'ranking/all-time',
    bar: under(25),
    needs: PRODUCTS,
    look: ({ facts }) => {
      const { id } = facts.groups.large
      return { path: `/groups/${id}/products`, sql: ranking(id), says: sameProducts }
    }
  }),
  ...PERIODS.flatMap((days) => [
    {
      name: `ranking/${days}-days/first-time`,
      bar: timesSql(1.3),
      needs: PRODUCTS,
      run: (stage: Stage) => lookFirst(stage, days)
    },
    pageCase({
      name: `ranking/${days}-days/again`,
      bar: under(25),
      needs: PRODUCTS,
      look: async (stage) => {
        const { id } = stage.facts.groups.large
        await untilThere(stage, addressOf(id, days))
        return { path: addressOf(id, days), sql: period(inList(id), days), says: sameProducts }
      }
    })
  ])
]

/** Runs after all other cases about figures: whether any figure is wrong after everything that the bench has done. */
export const verifiedCase: Case = {
  name: 'figures/verified',
  bar: { text: 'drift 0', isMet: () => true },
  needs: FIGURES,
  run: verify
}

/** A module of src/figures, imported by its address so that the rest of the bench runs without it. */
const VERIFY = new URL('../../src/figures/verify.ts', import.meta.url).href
interface Verifier {
  verifyFigures(em: Em, options: { repair: boolean }): Promise<{ figure: string; drifted: number }[]>
}

async function verify({ url }: Stage): Promise<Measurement> {
  const { verifyFigures }: Verifier = await import(VERIFY)
  await settle(url, 600)
  const began = performance.now()
  const verdicts = await withEm(url, (em) => verifyFigures(em, { repair: false }))
  const flaws = verdicts
    .filter(({ drifted }) => drifted > 0)
    .map(({ figure, drifted }) => `${figure}: ${drifted} wrong`)
  return { unit: 's', median: (performance.now() - began) / 1000, p99: null, yardstick: null, flaws }
}

function addressOf(group: number, days: number): string {
  return `/groups/${group}/products?period=${days}`
}

/**
 * The time from the first look until the ranking is there, against the SQL that works it out. Each group can be looked
 * at for the first time only once.
 */
async function lookFirst(stage: Stage, days: number): Promise<Measurement> {
  const { client, facts, visitor } = stage
  const [pages, statements]: [number[], number[]] = [[], []]
  const flaws = new Set<string>()
  for (const { id } of facts.lists.slice(0, GROUPS)) {
    const sql = period(inList(id), days)
    statements.push(await timed(() => client.query(sql)))
    const began = performance.now()
    const answered = await timed(() => visitor.get(addressOf(id, days)))
    if (answered > HANGS_MS) flaws.add(`the first page hangs for ${Math.round(answered)} ms`)
    const page = await untilThere(stage, addressOf(id, days))
    pages.push(performance.now() - began)
    if (!sameProducts(page, (await client.query(sql)).rows)) flaws.add('says other than its SQL')
  }
  return { unit: 'ms', median: median(pages), p99: null, yardstick: median(statements), flaws: [...flaws] }
}

/** What the page says as long as there is no ranking yet. */
const WORKING = 'Calculating'

async function untilThere({ visitor }: Stage, path: string): Promise<string> {
  for (const end = performance.now() + LONGEST_LOOK_MS; performance.now() < end; await sleep(LOOK_MS)) {
    const page = await visitor.get(path)
    if (!page.includes(WORKING)) return page
  }
  throw new Error(`${path} has no ranking after ${LONGEST_LOOK_MS / 1000} s`)
}
