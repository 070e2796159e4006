import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'

/** Whoever lets an upload begin, or keeps it from beginning, holds this. */
const UPLOADS = 'uploads'

export interface NewImport {
  key: string
  group: Pick<Group, 'id' | 'name' | 'isList'>
  fileName: string
  updates: boolean
}

/** Null if the same form has been sent before: its key finds the import it made. */
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
 * Until em's transaction ends, no upload begins: it begins after what that has done, and is no business of it. Others wait for
 * a moment only, as the rest of an upload does not hold this.
 */
export async function holdUploads(em: Em): Promise<void> {
  await rows(em, sql`select pg_advisory_xact_lock(hashtext(${UPLOADS}))`)
}

/** Waits until nobody is being deleted, and keeps it so: as insertImport(), for what somebody types in place of a file's cells. */
export async function waitForDeletions(em: Em): Promise<void> {
  await rows(em, sql`select pg_advisory_xact_lock_shared(hashtext(${UPLOADS}))`)
}

/**
 * Ends one that is not carried out, with the reason for whoever uploaded the file; null: they cancelled it. What the file said
 * about people is taken away by a job. False if it is over already, or being carried out.
 */
export async function endImport(em: Em, id: number, failure: string | null, now: Date): Promise<boolean> {
  return em.transactional(async (inner) => (await end(inner, sql`id = ${id}`, failure, now)) > 0)
}

/** Ends all whose rows nobody has been shown yet, in em's transaction. */
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

/** What a file said about people that nobody needs any more. */
export async function forgetRows(em: Em, id: number): Promise<void> {
  await rows(em, sql`delete from import_row where import_id = ${id}`)
  await rows(em, sql`delete from import_match where import_id = ${id}`)
}
