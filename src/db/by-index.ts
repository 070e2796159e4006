import { IsolationLevel } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

/**
 * Reads a page's worth of a big table: all queries see one moment, and each walks indexes row by row. The planner would
 * else read a whole table wherever its statistics, stale after every bulk change, promise enough matches early on.
 */
export async function byIndex<Result>(em: Em, read: (em: Em) => Promise<Result>): Promise<Result> {
  return em.transactional(
    async (inner) => {
      await rows(
        inner,
        sql`
        select set_config(name, setting, true) from (values
          ('enable_seqscan', 'off'), ('enable_hashjoin', 'off'), ('enable_mergejoin', 'off'), ('jit', 'off'),
          ('random_page_cost', '1.1')
        ) setting (name, setting)
      `
      )
      return read(inner)
    },
    { isolationLevel: IsolationLevel.REPEATABLE_READ, readOnly: true }
  )
}
