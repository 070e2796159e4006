import { sql } from 'kysely'
import { FIELDS } from '../customers/fields.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { NAMELESS } from '../imports/file-import.ts'
import { endUnplanned, holdUploads } from '../imports/keep-import.ts'
import { READ_FIELDS } from '../imports/reading/field-readers.ts'
import { type Identity, mentions } from './identity.ts'

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
 * Forgets what uploaded files say about somebody who is being deleted, in em's transaction, so that no earlier file can
 * create them again. A file that has no plan yet is given up; other files lose the rows that are this person's or
 * mention them. Each step sees the results of the step before: it waits for an import that is changing something, or
 * that import waits for it.
 */
export async function eraseFromImports(em: Em, known: Identity, now: Date): Promise<void> {
  await holdUploads(em)
  await endUnplanned(em, WAITED, now)
  // A waiting file may have millions of rows, and it must not keep anybody from being erased.
  await rows(em, sql`select set_config('statement_timeout', '3min', true)`)
  await emptyRows(em, known)
  await eraseErrors(em, known)
  await eraseLabels(em, known)
}

const EMPTIED = sql.join(READ_FIELDS.map((name) => sql`${sql.ref(FIELDS[name].column)} = null`))

/**
 * Empties the person's rows. A row that waits to be added is theirs by its phone number or e-mail; a row with errors,
 * by their name too. This reads all rows, because an index would slow down every import.
 */
async function emptyRows(em: Em, known: Identity): Promise<void> {
  const { id, phones, emails } = known
  const isTheirs = sql<boolean>`coalesce(phone = any(${phones}::text[]) or email = any(${emails}::text[]), false)
    or (import_id, number) in (select import_id, number from import_match where customer_id = ${id})`
  await rows(
    em,
    sql`
    with found as materialized (
      select import_id, number, wrong is not null or ${isTheirs} as is_theirs
      from import_row where ${isTheirs} or ${mentions(known, sql`cells::text`)}
    ), emptied as (
      update import_row entered
      set cells = '[]', ${EMPTIED}, group_names = null, day_first = null, month_first = null, has_date = false, note = null, wrong = ${GONE}::jsonb
      from found where is_theirs and entered.import_id = found.import_id and entered.number = found.number
    )
    update import_row entered
    set cells = '[]', group_names = case when ${mentions(known, sql`entered.group_names`)} then null else entered.group_names end
    from found where not is_theirs and entered.import_id = found.import_id and entered.number = found.number
  `
  )
}

async function eraseErrors(em: Em, known: Identity): Promise<void> {
  const { id, phones, emails } = known
  await rows(
    em,
    sql`
    delete from import_error
    where customer_ids @> array[${id}::int] or phone = any(${phones}::text[]) or email = any(${emails}::text[])
      or ${mentions(known, sql`cells::text`)}
  `
  )
}

/**
 * The headers of a file without a header row may be a person's values, and a file whose columns were mixed up may name
 * groups after people.
 */
async function eraseLabels(em: Em, known: Identity): Promise<void> {
  const [inName, inHeaders] = [mentions(known, sql`file_name`), mentions(known, sql`headers::text`)]
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
    update import_group set name = ${NAMELESS_GROUP}, key = gen_random_uuid()::text where ${mentions(known, sql`name`)}
  `
  )
}
