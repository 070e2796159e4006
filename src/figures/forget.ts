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
