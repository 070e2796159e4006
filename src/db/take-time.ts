import { sql } from 'kysely'
import type { Em } from './orm.ts'
import { rows } from './rows.ts'

/**
 * The longest pause between two statements. It releases the locks of a process that has vanished, for example behind a
 * broken network. Recounting all figures waits for minutes at most while it holds the locks of the passes.
 */
const LONGEST_PAUSE = '15min'

/**
 * Lifts the deadlines until em's transaction ends: it waits for locks and may run for as long as anything sensible can
 * take. Use it for work that no page waits for; `memory` is the limit of each sort. Queries are not compiled (jit),
 * which at a million customers took longer than running most of them.
 */
export async function liftDeadlines(em: Em, memory = '64MB'): Promise<void> {
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
