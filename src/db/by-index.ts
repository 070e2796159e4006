import { IsolationLevel } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

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

/** From here to the end of em's transaction. */
export async function preferIndexes(em: Em): Promise<void> {
  await rows(
    em,
    sql`
    select set_config(name, setting, true) from (values
      ('enable_seqscan', 'off'), ('random_page_cost', '1.1'), ('jit', 'off'), ('max_parallel_workers_per_gather', '0')
    ) setting (name, setting)
  `
  )
}
