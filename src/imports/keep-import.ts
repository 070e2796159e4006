import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import { addJob } from '../jobs/jobs.ts'

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
  actor: { id: number; now: Date }
): Promise<number | null> {
  const made = await row(
    em,
    sql<{ id: number }>`
    with made as (
      insert into file_import (key, group_id, group_name, is_list, file_name, updates, asked_by, asked_at)
      values (${key}, ${group.id}, ${group.name}, ${group.isList}, ${fileName}, ${updates}, ${actor.id}, ${actor.now})
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
 * Ends one that is not carried out, with the reason for whoever uploaded the file; null: they cancelled it. What the file said
 * about people is taken away by a job. False if it is over already, or being carried out.
 */
export async function endImport(em: Em, id: number, failure: string | null, now: Date): Promise<boolean> {
  const state = failure === null ? 'cancelled' : 'failed'
  return em.transactional(async (inner) => {
    const ended = await row(
      inner,
      sql`
      update file_import file set state = ${state}, failure = ${failure}, ended_at = ${now}, samples = '[]'
      where id = ${id} and state not in ('done', 'cancelled', 'failed') and not exists (
        select from bulk_operation operation where operation.id = operation_id and operation.state in ('waiting', 'running')
      ) returning 1
    `
    )
    if (!ended) return false
    await rows(inner, sql`delete from import_chunk where import_id = ${id}`)
    await rows(inner, sql`delete from import_error where import_id = ${id}`)
    await addJob(inner, 'forget-import', { importId: id }, `forget import ${id}`)
    return true
  })
}

/** What a file said about people that nobody needs any more. */
export async function forgetRows(em: Em, id: number): Promise<void> {
  await rows(em, sql`delete from import_row where import_id = ${id}`)
  await rows(em, sql`delete from import_match where import_id = ${id}`)
}
