import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { NAMELESS } from '../imports/file-import.ts'
import { endUnplanned, holdUploads } from '../imports/keep-import.ts'
import { type Known, speaksOf } from './known.ts'

const WAITED = 'A customer was deleted while this file was waiting. Upload it again, without them if they are in it.'

const GONE = JSON.stringify([
  {
    column: null,
    message:
      'The customer in this row was deleted after the file was uploaded. To add them again, upload this row again.'
  }
])

const NAMELESS_GROUP = 'A group'

/**
 * Forgets what files said about somebody who is being deleted, in em's transaction, so that no file that was uploaded before
 * makes them anew. A file that nobody has a plan of yet is ended; of the others, the rows go that are theirs or speak of them.
 * Each step sees what came of the one before: whatever an import changes at this moment is waited for, or waits.
 */
export async function eraseFromImports(em: Em, known: Known, now: Date): Promise<void> {
  await holdUploads(em)
  await endUnplanned(em, WAITED, now)
  // Of a file with millions of rows that waits; nobody may be kept because of it.
  await rows(em, sql`select set_config('statement_timeout', '3min', true)`)
  await emptyRows(em, known)
  await eraseErrors(em, known)
  await eraseLabels(em, known)
}

/**
 * A row that waits to be added is theirs by its phone or e-mail; one with errors, by their name as well. All rows are looked
 * through, as an index would slow each import down.
 */
async function emptyRows(em: Em, known: Known): Promise<void> {
  const { id, phones, emails } = known
  const isTheirs = sql<boolean>`coalesce(phone = any(${phones}::text[]) or email = any(${emails}::text[]), false)
    or (import_id, number) in (select import_id, number from import_match where customer_id = ${id})`
  await rows(
    em,
    sql`
    with found as materialized (
      select import_id, number, wrong is not null or ${isTheirs} as is_theirs
      from import_row where ${isTheirs} or ${speaksOf(known, sql`cells::text`)}
    ), emptied as (
      update import_row entered
      set cells = '[]', first_name = null, last_name = null, phone = null, email = null, gender = null, location = null,
        group_names = null, day_first = null, month_first = null, has_date = false, note = null, wrong = ${GONE}::jsonb
      from found where is_theirs and entered.import_id = found.import_id and entered.number = found.number
    )
    update import_row entered
    set cells = '[]', group_names = case when ${speaksOf(known, sql`entered.group_names`)} then null else entered.group_names end
    from found where not is_theirs and entered.import_id = found.import_id and entered.number = found.number
  `
  )
}

async function eraseErrors(em: Em, known: Known): Promise<void> {
  const { id, phones, emails } = known
  await rows(
    em,
    sql`
    delete from import_error
    where customer_ids @> array[${id}::int] or phone = any(${phones}::text[]) or email = any(${emails}::text[])
      or ${speaksOf(known, sql`cells::text`)}
  `
  )
}

/** A file without a row of headers has somebody for them, and one whose columns were mixed up names groups after them. */
async function eraseLabels(em: Em, known: Known): Promise<void> {
  const [inName, inHeaders] = [speaksOf(known, sql`file_name`), speaksOf(known, sql`headers::text`)]
  await rows(
    em,
    sql`
    update file_import
    set file_name = case when ${inName} then ${NAMELESS} else file_name end,
      headers = case when ${inHeaders} then (select jsonb_agg(''::text) from jsonb_array_elements(headers)) else headers end
    where ${inName} or ${inHeaders}
  `
  )
  await rows(
    em,
    sql`
    update import_group set name = ${NAMELESS_GROUP}, key = gen_random_uuid()::text where ${speaksOf(known, sql`name`)}
  `
  )
}
