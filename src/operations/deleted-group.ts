import { sql } from 'kysely'
import { isForeignKeyBreach, isUniqueBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { dropPendingChanges } from '../figures/forget.ts'
import { NO_SETTINGS_AS_KEPT, SETTING_COLUMNS } from '../groups/settings.ts'
import { RuleError } from '../lib/errors.ts'
import type { Operation } from './operation.ts'

const COLUMNS = sql`id, kind, name, description, ${SETTING_COLUMNS}, version, created_at, created_by`

/** Deletes a group that has no customers any more, and stores what is needed to restore it. */
export async function deleteGroup(em: Em, { id, groupId, groupName }: Operation): Promise<void> {
  try {
    const deleted = await row(
      em,
      sql`
      with gone as (delete from customer_group where id = ${groupId} returning ${COLUMNS})
      insert into deleted_group (operation_id, kept) select ${id}, to_jsonb(gone) from gone returning 1
    `
    )
    if (!deleted) throw new RuleError(`Someone else already deleted ${groupName}.`)
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError(
      `Someone added a customer to ${groupName} while you were deleting it, so it was not deleted. Try again.`
    )
  }
}

/** Restores a deleted group with its id, under a new name if another group has taken its name. */
export async function restoreGroup(em: Em, deletion: Operation, undo: Operation): Promise<void> {
  try {
    await dropPendingChanges(em, deletion.groupId)
    const restored = await row(
      em,
      sql`
      insert into customer_group (${COLUMNS})
      select id, kind, coalesce(${undo.newName}::text, name), description, ${SETTING_COLUMNS}, version, created_at, created_by
      from deleted_group cross join jsonb_populate_record(null::customer_group, ${NO_SETTINGS_AS_KEPT}::jsonb || kept) restored
      where operation_id = ${deletion.id} returning 1
    `
    )
    if (!restored) throw new RuleError('This group can no longer be restored.')
  } catch (error) {
    if (!isUniqueBreach(error)) throw error
    throw new RuleError(nameTaken(undo.newName ?? deletion.groupName))
  }
}

export function nameTaken(name: string): string {
  return `There is already a group called ${name}. Choose another name.`
}
