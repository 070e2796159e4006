import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'

/** The name of a lock that is held by whoever lets an upload begin or prevents uploads from beginning. */
const UPLOADS = 'uploads'

export interface NewImport {
  key: string
  group: Pick<Group, 'id' | 'name' | 'isList'>
  fileName: string
  updates: boolean
}

/** Stores a new import. Returns null if the same form was sent before; its key then finds the import it made. */
export async function insertImport(
  em: Em,
  { key, group, fileName, updates }: NewImport,
  actor: Actor
): Promise<number | null> {
  const made = await row(
    em,
    sql<{ id: number }>`
    with made as (
      insert into file_import (key, group_id, group_name, is_list, file_name, updates, asked_by, asked_at)
      select ${key}, ${group.id}, ${group.name}, ${group.isList}, ${fileName}, ${updates}, ${actor.id}, ${actor.now}
      from (select pg_advisory_xact_lock_shared(hashtext(${UPLOADS})) from set_config('lock_timeout', '0', true)) held
      on conflict do nothing returning id
    ), progress as (
      insert into import_progress (import_id) select id from made
    )
    select id from made
  `
  )
  return made?.id ?? null
}

/**
 * Prevents uploads from beginning until em's transaction ends, so that they come after what it does. Uploads are
 * delayed only for a moment, because they don't hold this lock after their beginning.
 */
export async function holdUploads(em: Em): Promise<void> {
  await rows(em, sql`select pg_advisory_xact_lock(hashtext(${UPLOADS}))`)
}

/**
 * Waits until nobody is being deleted, and keeps it so until em's transaction ends. insertImport() does the same; this
 * is for cells that somebody types anew.
 */
export async function waitForDeletions(em: Em): Promise<void> {
  await rows(em, sql`select pg_advisory_xact_lock_shared(hashtext(${UPLOADS}))`)
}

/**
 * Ends an import that is not carried out. `failure` is the reason, for the person who uploaded the file; null means
 * that they cancelled. A job removes what the file said about people. Returns false if the import has ended already or
 * is being carried out.
 */
export async function endImport(em: Em, id: number, failure: string | null, now: Date): Promise<boolean> {
  return em.transactional(async (inner) => (await end(inner, sql`id = ${id}`, failure, now)) > 0)
}

/** Ends all imports whose rows nobody has been shown yet, in em's transaction. */
export async function endUnplanned(em: Em, failure: string, now: Date): Promise<void> {
  await end(em, sql`state <> 'planned'`, failure, now)
}

async function end(em: Em, which: RawBuilder<unknown>, failure: string | null, now: Date): Promise<number> {
  const state = failure === null ? 'cancelled' : 'failed'
  const ended = await rows(
    em,
    sql<{ id: number }>`
    update file_import file
    set state = ${state}, failure = ${failure}, ended_at = ${now}, headers = '[]', mapping = '[]', samples = '[]'
    where ${which} and state not in ('done', 'cancelled', 'failed') and not exists (
      select from bulk_operation operation where operation.id = operation_id and operation.state in ('waiting', 'running')
    ) returning id
  `
  )
  for (const { id } of ended) {
    await rows(em, sql`delete from import_chunk where import_id = ${id}`)
    await rows(em, sql`delete from import_error where import_id = ${id}`)
    await rows(em, sql`delete from import_group where import_id = ${id}`)
    await addJob(em, 'forget-import', { importId: id }, `forget import ${id}`)
  }
  return ended.length
}

/** Deletes what a file said about people once nobody needs it. */
export async function forgetRows(em: Em, id: number): Promise<void> {
  await rows(em, sql`delete from import_row where import_id = ${id}`)
  await rows(em, sql`delete from import_match where import_id = ${id}`)
}
