import { sql } from 'kysely'
import type { Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { type Log, type RepeatedWork, repeat } from '../lib/repeat.ts'
import { applyProducts } from './products.ts'
import { applySpend } from './spend.ts'

/** A figure is right again this long after a change, plus the time of a pass (docs/rules.md, 14 promises seconds). */
const SPEND_EVERY_MS = 500
const PRODUCTS_EVERY_MS = 1_000

const PASSES = [
  {
    name: 'spend',
    every: SPEND_EVERY_MS,
    queues: sql`select from spend_change union all select from count_change`,
    apply: applySpend
  },
  { name: 'products', every: PRODUCTS_EVERY_MS, queues: sql`select from product_change`, apply: applyProducts }
]

export interface Keeper extends RepeatedWork {
  /** For how many seconds each kind of figure has been out of date; a pass by another process counts too. */
  state(): Record<string, number>
}

/** Takes changes into the figures of groups as long as the process runs. Several processes take turns. */
export function keepFigures(orm: Orm, log: Log): Keeper {
  const passes = PASSES.map(({ name, every, queues, apply }) => {
    let rightAt = performance.now()
    const pass = async () => {
      const began = performance.now()
      const em = orm.em.fork()
      const waiting = await row(em, sql<{ found: boolean }>`select exists (${queues}) as found`)
      const isRight = !waiting?.found || (await apply(em)) !== null
      if (isRight) rightAt = began
    }
    return {
      behind: (): [string, number] => [name, Math.round((performance.now() - rightAt) / 1000)],
      ...repeat(pass, { every, failed: 'figures were not brought up to date' }, log)
    }
  })
  return {
    state: () => Object.fromEntries(passes.map(({ behind }) => behind())),
    stop: async () => {
      await Promise.all(passes.map((pass) => pass.stop()))
    }
  }
}
