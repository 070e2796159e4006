import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { RuleError } from '../web/errors.ts'
import { DEFAULT_GROUP, type Group } from './group.ts'
import type { Actor } from './membership.ts'

/**
 * Deletes a group. A primary group that holds customers is refused unless they are to be moved to Default in the same
 * step; a list goes with its memberships. A customer who joins meanwhile makes one of the two fail. Says how many it held.
 */
export async function deleteGroup(em: Em, group: Group, moveMembers: boolean, actor: Actor): Promise<number> {
  if (group.system) throw new RuleError(`${group.name} belongs to the system and can’t be deleted.`)
  try {
    return await em.transactional(async (inner) => {
      const held = group.isList
        ? await emptyList(inner, group)
        : moveMembers
          ? await moveToDefault(inner, group, actor)
          : 0
      const deleted = await rows(inner, sql`delete from customer_group where id = ${group.id} returning 1`)
      const details = { counts: { customers: held }, by: group.kind }
      if (deleted.length) await note(inner, 'group-deleted', actor, { group, details })
      return held
    })
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError(
      moveMembers || group.isList
        ? `Somebody joined ${group.name} while it was being deleted, so it was not. Try again.`
        : `${group.name} still holds customers, so it can’t be deleted. Move them to Default first.`
    )
  }
}

async function emptyList(em: Em, group: Group): Promise<number> {
  const ended = await rows(em, sql`delete from list_membership where group_id = ${group.id} returning 1`)
  return ended.length
}

async function moveToDefault(em: Em, group: Group, actor: Actor): Promise<number> {
  const moved = await rows(
    em,
    sql`
    with held as (select customer_id from primary_membership where group_id = ${group.id} order by customer_id for update)
    update primary_membership membership
    set group_id = ${DEFAULT_GROUP}, joined_at = ${actor.now}, joined_by = ${actor.id}
    from held where held.customer_id = membership.customer_id returning 1
  `
  )
  return moved.length
}
