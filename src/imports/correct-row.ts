import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import type { Retailer } from '../retailer/retailer.ts'
import { holdPlanned, sumUpAgain } from './change-plan.ts'
import { queueCheck } from './check.ts'
import { FileImport } from './file-import.ts'
import { waitForDeletions } from './keep-import.ts'
import type { Bucket } from './plan.ts'
import { findImport } from './queries.ts'
import { createRowReader } from './reading/row.ts'
import { noteContacts, recheck } from './recheck.ts'
import { rewrite } from './rewrite.ts'

/** A new value that somebody typed for a wrong cell. */
export interface Edit {
  column: number
  value: string
  /** The value also replaces the same wrong text of this column in all other rows. */
  isForAll: boolean
}

/**
 * The result of correcting a row. `rows` and `wrong` count all rows that were changed, and those of them that are still
 * wrong.
 */
export interface CorrectionResult {
  rows: number
  wrong: number
  /** The bucket of the corrected row; null while a job checks the rows again. */
  bucket: Bucket | null
}

/** More rows than this are checked again by a job, and their page says so. */
const MOST_AT_ONCE = 2_000
/** This many rows are read and written within a few seconds, and deletions wait for that long. */
const MOST = 50_000
/**
 * Corrects cells of a row with errors and checks everything again that depends on them, as if the file had been
 * uploaded with the new values. Returns null if the row has no errors any more. A deletion of a customer comes either
 * before or after this, as with an upload.
 */
export async function correctRow(
  em: Em,
  { id }: Pick<FileImport, 'id'>,
  { country, locale }: Retailer,
  today: string,
  { number, edits }: { number: number; edits: Edit[] }
): Promise<CorrectionResult | null> {
  return em.transactional(async (inner) => {
    await waitForDeletions(inner)
    await holdPlanned(inner, id)
    // The import is loaded again under the lock: since the page was shown, somebody may have changed the order of its
    // names or dates.
    const file = await findImport(inner, id)
    const read = createRowReader(file.headers, file.mapping, { country, locale }, today)
    const sets = await chooseRows(inner, file.id, number, edits)
    if (sets.length === 0) return null
    const changed = await countMended(inner)
    if (changed > MOST)
      throw new RuleError(
        `This would change ${changed.toLocaleString('en')} rows, which is too many to correct here. Correct them in your file, then upload it again.`
      )
    await noteContacts(inner, file.id)
    for (const { edit, place } of sets) await rewrite(inner, file.id, place, edit, read)
    if (changed > MOST_AT_ONCE) {
      await inner.nativeUpdate(FileImport, { id: file.id }, { state: 'checking' })
      await queueCheck(inner, file.id)
      return { rows: changed, wrong: 0, bucket: null }
    }
    await recheck(inner, file, today)
    await sumUpAgain(inner, file)
    return outcome(inner, file.id, number)
  })
}

/** An edit with its number in the table `mended`, which lists the rows that the edit changes. */
type NumberedEdit = { edit: Edit; place: number }

/**
 * Fills the temporary table `mended` with the rows that change. A row that was emptied when its customer was deleted is
 * not filled again.
 */
async function chooseRows(em: Em, importId: number, number: number, edits: Edit[]): Promise<NumberedEdit[]> {
  const held = await row(
    em,
    sql<{ cells: string[] }>`
    select import_row.cells from import_row join import_error using (import_id, number)
    where import_id = ${importId} and number = ${number} and json_array_length(import_row.cells) > 0
  `
  )
  if (!held) return []
  await rows(em, sql`create temporary table mended (number integer, place integer) on commit drop`)
  const sets: NumberedEdit[] = []
  for (const [place, edit] of edits.entries()) {
    const { column, isForAll } = edit
    const isLike = sql`(
      import_error.wrong @> ${JSON.stringify([{ column }])}::jsonb
      and coalesce(import_row.cells ->> ${sql.lit(column)}, '') = ${held.cells[column] ?? ''}
    )`
    await rows(
      em,
      sql`
      insert into mended select number, ${place}::int from import_error join import_row using (import_id, number)
      where import_id = ${sql.lit(importId)} and json_array_length(import_row.cells) > 0
        and (number = ${number} ${isForAll ? sql`or ${isLike}` : sql``})
    `
    )
    sets.push({ edit, place })
  }
  await rows(em, sql`create index on mended (place, number)`)
  await rows(em, sql`analyze mended`)
  return sets
}

async function countMended(em: Em): Promise<number> {
  return (await row(em, sql<{ n: number }>`select count(distinct number)::int as n from mended`))?.n ?? 0
}

async function outcome(em: Em, importId: number, number: number): Promise<CorrectionResult> {
  const found = await row(
    em,
    sql<CorrectionResult>`
    select count(*)::int as rows, (count(*) filter (where bucket = 'wrong'))::int as wrong,
      min(bucket) filter (where number = ${number}) as bucket
    from import_match where import_id = ${importId} and number in (select number from mended)
  `
  )
  if (!found) throw new Error('A sum has no row')
  return found
}
