import { setTimeout as sleep } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { applyProducts } from './products.ts'
import { applySpend } from './spend.ts'

/** A page is right again this long after a change, and the time a pass takes (design.md, rule 14: seconds). */
const SPEND_EVERY_MS = 500
const PRODUCTS_EVERY_MS = 1_000

interface Log {
  warn(details: object, message: string): void
}

const PASSES = [
  {
    every: SPEND_EVERY_MS,
    queues: sql`select from spend_change union all select from count_change`,
    apply: applySpend
  },
  { every: PRODUCTS_EVERY_MS, queues: sql`select from product_change`, apply: applyProducts }
]

/** Takes changes into the figures of groups, for as long as the process runs. Several processes take turns. */
export function keepFigures(orm: Orm, log: Log): { stop(): Promise<void> } {
  const stopped = new AbortController()
  const passes = PASSES.map(async ({ every, queues, apply }) => {
    while (!stopped.signal.aborted) {
      try {
        const em = orm.em.fork()
        const waiting = await row(em, sql<{ found: boolean }>`select exists (${queues}) as found`)
        if (waiting?.found) await apply(em)
      } catch (error) {
        // Away, shutting down, or a group that was deleted at this moment: nothing was taken in, the next pass will.
        if (!stopped.signal.aborted) log.warn({ err: error }, 'figures were not brought up to date')
      }
      await sleep(every, undefined, { signal: stopped.signal }).catch(() => {})
    }
  })
  return {
    stop: async () => {
      stopped.abort()
      await Promise.all(passes)
    }
  }
}
