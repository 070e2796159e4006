import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/**
 * Forgets what still waited to be taken into a deleted group's figures, before the group comes back: its figures begin at
 * nothing, and those changes belong to the ones that are gone.
 */
export async function forgetWaiting(em: Em, groupId: number): Promise<void> {
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
