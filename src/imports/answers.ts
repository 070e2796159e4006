import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { queueCheck } from './check.ts'
import type { FileImport } from './file-import.ts'

/** What each column holds; then the file is read. */
export function answerColumns(em: Em, file: FileImport, mapping: FileImport['mapping']): Promise<void> {
  return goOn(em, file, 'asking-columns', sql`state = 'reading', mapping = ${JSON.stringify(mapping)}::jsonb`)
}

/** Whether a date like 03/04 has its day first; then the rows are checked. */
export function answerDates(em: Em, file: FileImport, isDayFirst: boolean): Promise<void> {
  return goOn(em, file, 'asking-dates', sql`state = 'checking', is_day_first = ${isDayFirst}`)
}

/** The first answer counts; a second one, from another window, is none. */
async function goOn(
  em: Em,
  { id }: FileImport,
  asked: FileImport['state'],
  change: ReturnType<typeof sql>
): Promise<void> {
  await em.transactional(async (inner) => {
    const changed = await row(
      inner,
      sql`update file_import set ${change} where id = ${id} and state = ${asked} returning 1`
    )
    if (changed) await queueCheck(inner, id)
  })
}
