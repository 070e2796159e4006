import { IsolationLevel } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from './orm.ts'
import { preparedRows, rows } from './rows.ts'

/**
 * Reads a page's worth of big tables: all queries see one moment, and each walks indexes. The planner would else read a
 * whole table wherever its statistics, stale after every bulk change, promise enough matches early on.
 */
export async function byIndex<Result>(em: Em, read: (em: Em) => Promise<Result>): Promise<Result> {
  return em.transactional(
    async (inner) => {
      await preferIndexes(inner)
      return read(inner)
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true }
  )
}

/**
 * For changes in steps, from here to the end of em's transaction: each step looks its own rows up, in the order of an index.
 * The planner, which takes every page to be on disk, would else read whole tables for each step, or sort all that is left.
 */
export async function stepByIndex(em: Em): Promise<void> {
  await rows(
    em,
    sql`
    select set_config(name, setting, true) from (values
      ('seq_page_cost', '0.1'), ('random_page_cost', '0.1'), ('enable_bitmapscan', 'off')
    ) setting (name, setting)
  `
  )
}

/** From here to the end of em's transaction. */
export async function preferIndexes(em: Em): Promise<void> {
  await preparedRows(
    em,
    sql`
    select set_config(name, setting, true) from (values
      ('enable_seqscan', 'off'), ('random_page_cost', '1.1'), ('jit', 'off'), ('max_parallel_workers_per_gather', '0')
    ) setting (name, setting)
  `
  )
}
