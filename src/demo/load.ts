import { sql } from 'kysely'
import { StartError } from '../config.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { takeInAllChanges } from '../figures/settle.ts'
import { dayIn } from '../lib/format.ts'
import { keepBooks } from './books.ts'
import { drawLists } from './lists.ts'
import { openShop, TIME_ZONE } from './shop.ts'
import { stage } from './staging.ts'
import { readSuperstore } from './superstore.ts'

/**
 * Loads the sample retailer into a migrated database, completely or not at all. Resolves to false if it was already
 * loaded.
 */
export async function loadDemo(em: Em, { now }: { now: Date }): Promise<boolean> {
  return em.transactional(async (transaction) => {
    // If two demos start at once, the second waits here and then finds the retailer loaded.
    await liftDeadlines(transaction)
    await rows(transaction, sql`lock table retailer in share row exclusive mode`)
    if (await isLoaded(transaction)) return false
    const today = dayIn(TIME_ZONE, now)
    await stage(transaction, await readSuperstore(), today)
    await openShop(transaction)
    await keepBooks(transaction, now)
    await drawLists(transaction, today)
    await takeInAllChanges(transaction)
    return true
  })
}

const tracesOfUse = sql<{ is_demo: boolean | null; is_used: boolean }>`
  select (select is_demo from retailer) as is_demo,
    exists (select from staff_member) or exists (select from customer where id <> ${WALK_IN_CUSTOMER})
      or exists (select from customer_group where system is null) as is_used
`

/**
 * Whether the demo is loaded.
 * @throws StartError if the database is neither empty nor a demo's.
 */
async function isLoaded(em: Em): Promise<boolean> {
  const found = await row(em, tracesOfUse)
  if (found?.is_demo === true) return true
  if (found?.is_demo === false || found?.is_used) {
    throw new StartError('DATABASE_URL names a database that another retailer uses. The demo needs an empty one.')
  }
  return false
}
