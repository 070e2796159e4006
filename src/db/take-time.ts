import { sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

/**
 * Between two statements: a process that is gone without a word, as behind a broken network, holds its locks for no longer.
 * Recounting all figures, which holds those of the passes meanwhile, takes minutes at most.
 */
const LONGEST_PAUSE = '15min'

/**
 * For the rest of em's transaction: waits for whoever holds what it needs, and takes the time it takes, within what is surely a
 * mistake. For work that no page waits for; `memory` is what each sort may use. Nothing is compiled: at a million customers that took longer than most
 * of what was compiled.
 */
export async function takeTime(em: Em, memory = '64MB'): Promise<void> {
  await rows(
    em,
    sql`
    select set_config(name, value, true) from (values
      ('statement_timeout', '2h'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', ${LONGEST_PAUSE}),
      ('work_mem', ${memory}), ('jit', 'off')
    ) setting (name, value)
  `
  )
}
