import type { Bar } from './bars.ts'
import { type Case, type Measurement, Skip } from './case.ts'
import { interleave, median, quantile } from './measure.ts'
import type { Stage } from './stage.ts'

type Rows = Record<string, unknown>[]
type SaysTheSame = (html: string, rows: Rows) => boolean

export interface Look {
  path: string
  /** The statement of the yardstick. */
  sql: string
  /** Whether the page shows what the statement returns: by default the same customers in the same order. */
  says?: SaysTheSame
}

const SHOWN = 25
const sameRows =
  (pattern: RegExp): SaysTheSame =>
  (html, rows) => {
    const shown = [...html.matchAll(pattern)].map(([, id]) => id)
    const expected = rows.slice(0, SHOWN).map(({ id }) => String(id))
    return shown.join() === expected.join()
  }

const sameCustomers = sameRows(/class="name"><a href="\/customers\/(\d+)"/g)
export const sameGroups = sameRows(/class="name"><a href="\/groups\/(\d+)"/g)
export const sameProducts = sameRows(/<span class="tag">(\d+)<\/span>/g)

interface PageCase {
  name: string
  bar: Bar
  needs?: string[]
  /** Counting a whole group reads a whole table in any case. */
  mayScan?: boolean
  look(stage: Stage): Look | Promise<Look>
}

/** A case that requests a page over and over, in turns with SQL that gives the same answer. */
export function pageCase({ name, bar, needs, mayScan, look }: PageCase): Case {
  return {
    name,
    bar,
    ...(needs && { needs }),
    async run(stage) {
      const { path, sql, says = sameCustomers } = await look(stage)
      await refuseUnknownFilter(stage, path)
      const { rows } = await stage.client.query(sql)
      const flaws = says(await stage.visitor.get(path), rows) ? [] : ['says other than its SQL']
      if (!mayScan) flaws.push(...(await stage.plans.scansOf(path)))
      return { ...(await comparePage(stage, path, sql)), flaws }
    }
  }
}

async function comparePage(stage: Stage, path: string, sql: string): Promise<Omit<Measurement, 'flaws'>> {
  const { rounds, visitor, client } = stage
  const [page, yardstick] = await interleave(
    rounds,
    () => visitor.get(path),
    () => client.query(sql)
  )
  return { unit: 'ms', median: median(page), p99: quantile(page, 0.99), yardstick: median(yardstick) }
}

/**
 * Skips a page that does not know a filter yet: it would ignore the filter and seem quick. The address that the page
 * gives itself names the filters it knows.
 */
async function refuseUnknownFilter({ visitor }: Stage, path: string): Promise<void> {
  const { headers } = await visitor.ask(path, { 'hx-request': 'true', 'hx-request-type': 'partial' })
  const known = new URL(String(headers['hx-replace-url'] ?? path), visitor.address).searchParams
  for (const name of new URL(path, visitor.address).searchParams.keys()) {
    if (!known.has(name)) throw new Skip(`the page does not know ${name}`)
  }
}
