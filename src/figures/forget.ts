import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/**
 * Drops the changes that still wait to be taken into a deleted group's figures, before the group is restored. Its
 * figures begin at zero then, and the changes belong to the figures that were deleted.
 */
export async function dropPendingChanges(em: Em, groupId: number): Promise<void> {
  await rows(em, sql`delete from count_change where group_id = ${groupId}`)
  for (const table of [sql`spend_change`, sql`product_change`]) {
    await rows(
      em,
      sql`
      update ${table} set left_id = nullif(left_id, ${groupId}), joined_id = nullif(joined_id, ${groupId})
      where left_id = ${groupId} or joined_id = ${groupId}
    `
    )
  }
}

const DAY_MS = 24 * 60 * 60 * 1000

/**
 * Drops the rankings of single shops that nobody has asked for in a day. There may be as many as groups times shops, and
 * any is worked out again when somebody looks at it.
 */
export async function forgetShopsRankings(em: Em, now: Date): Promise<void> {
  const before = new Date(now.getTime() - DAY_MS)
  for (const table of [sql`period_ranking`, sql`everyone_period`])
    await rows(em, sql`delete from ${table} where shop_id <> 0 and as_of < ${before}`)
}
