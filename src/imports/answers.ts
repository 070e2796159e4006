import type { Em } from '../db/orm.ts'
import { queueCheck } from './check.ts'
import { FileImport, type ImportState } from './file-import.ts'

/** What each column holds; then the file is read. */
export function answerColumns(em: Em, file: FileImport, mapping: FileImport['mapping']): Promise<void> {
  return goOn(em, file, 'asking-columns', { state: 'reading', mapping })
}

/** Whether a date like 03/04 has its day first; then the rows are checked. */
export function answerDates(em: Em, file: FileImport, isDayFirst: boolean): Promise<void> {
  return goOn(em, file, 'asking-dates', { state: 'checking', isDayFirst })
}

/** The first answer counts; a second one, from another window, is none. */
async function goOn(
  em: Em,
  { id }: FileImport,
  asked: ImportState,
  change: Partial<Pick<FileImport, 'state' | 'mapping' | 'isDayFirst'>>
): Promise<void> {
  await em.transactional(async (inner) => {
    const changed = await inner.nativeUpdate(FileImport, { id, state: asked }, change)
    if (changed) await queueCheck(inner, id)
  })
}
