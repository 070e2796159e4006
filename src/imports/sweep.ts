import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { queueCheck } from './check.ts'
import { endImport } from './keep-import.ts'
import { IMPORT_LOCK } from './staging.ts'

const LOST_AFTER_SECONDS = 2

/** As for bulk operations: imports that are being read or checked, and nobody at work on them, go back into the queue. */
export async function requeueLostImports(em: Em, now: Date): Promise<void> {
  const lost = await rows(
    em,
    sql<{ id: number }>`
    select file.id from file_import file join import_progress progress on progress.import_id = file.id
    where state in ('reading', 'checking')
      and greatest(asked_at, begun_at) < ${now}::timestamptz - make_interval(secs => ${LOST_AFTER_SECONDS})
      and not exists (
        select from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
          and classid = (hashtext(${IMPORT_LOCK})::bigint & 4294967295)::oid and objid = file.id::oid and objsubid = 2
      )
  `
  )
  for (const { id } of lost) await em.transactional((inner) => queueCheck(inner, id))
}

/** How long a file's rows with errors can be downloaded. */
const ERRORS_KEPT_DAYS = 30
/** An upload that takes longer has broken off; a plan that is older was left. */
const UPLOAD_HOURS = 2
const PLAN_DAYS = 7

/** Takes away what broke off, what was left, and what is kept for some time only. */
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
  for (const { id } of left) await endImport(em, id, `This was left for ${PLAN_DAYS} days. Upload the file again.`, now)
  await rows(
    em,
    sql`
    delete from import_error using file_import file
    where file.id = import_id and file.ended_at < ${ago(ERRORS_KEPT_DAYS)}
  `
  )
}
