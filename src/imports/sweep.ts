import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { whyInterrupted } from '../db/queue/given-up.ts'
import { forEachLost, type Work } from '../db/queue/sweep.ts'
import { rows } from '../db/rows.ts'
import { UNDO_DAYS } from '../operations/operation.ts'
import { queueCheck } from './check.ts'
import { NAMELESS } from './file-import.ts'
import { endImport } from './keep-import.ts'
import { IMPORT_LOCK } from './staging.ts'

export const IMPORTS: Work = { word: 'import', lock: IMPORT_LOCK }

/**
 * Finds imports that wait to be read or checked but have lost their job. It queues a new one, or ends an import whose
 * job was given up.
 */
export async function sweepImports(em: Em, now: Date): Promise<void> {
  const open = sql<{ id: number }>`select id from file_import where state in ('reading', 'checking')`
  await forEachLost(em, IMPORTS, open, (inner, { id, givenUp }) =>
    givenUp ? endImport(inner, id, whyInterrupted(givenUp), now) : queueCheck(inner, id)
  )
}

/** How long a file's rows with errors can be downloaded, in days. */
const ERRORS_KEPT_DAYS = 30
/** An upload that takes longer than this has broken off, and a plan older than this has been abandoned. */
const UPLOAD_HOURS = 2
const PLAN_DAYS = 7

/** Removes uploads that broke off, imports that nobody finished, and what is stored for a limited time. */
export async function forgetOldImports(em: Em, now: Date): Promise<void> {
  const ago = (days: number) => sql`${now}::timestamptz - make_interval(days => ${days})`
  await rows(
    em,
    sql`delete from file_import where state = 'uploading' and asked_at < ${now}::timestamptz - make_interval(hours => ${UPLOAD_HOURS})`
  )
  const left = await rows(
    em,
    sql<{ id: number }>`
    select id from file_import
    where state in ('asking-columns', 'asking-dates', 'planned') and asked_at < ${ago(PLAN_DAYS)}
  `
  )
  for (const { id } of left)
    await endImport(
      em,
      id,
      `This import was not finished within ${PLAN_DAYS} days, so it was removed. Upload the file again.`,
      now
    )
  await rows(
    em,
    sql`
    delete from import_error using file_import file
    where file.id = import_id and file.ended_at < ${ago(ERRORS_KEPT_DAYS)}
  `
  )
  await rows(
    em,
    sql`
    delete from import_group using file_import file
    where file.id = import_id and file.ended_at < ${ago(UNDO_DAYS + 1)}
  `
  )
  // These rows belong to imports whose job to forget them failed.
  for (const table of [sql.table('import_row'), sql.table('import_match')]) {
    await rows(
      em,
      sql`
      delete from ${table} where import_id in (
        select id from file_import
        where state in ('done', 'cancelled', 'failed') and ended_at between ${ago(ERRORS_KEPT_DAYS)} and ${ago(1)}
      )
    `
    )
  }
  // A file's name and headers may say who is in it.
  await rows(
    em,
    sql`
    update file_import set file_name = ${NAMELESS}, headers = '[]'
    where ended_at < ${ago(ERRORS_KEPT_DAYS)} and (file_name <> ${NAMELESS} or headers <> '[]')
  `
  )
}
