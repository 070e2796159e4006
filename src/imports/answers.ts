import type { Em } from '../db/orm.ts'
import { queueCheck } from './check.ts'
import { FileImport, type ImportState } from './file-import.ts'

/** Stores the answer to what each column holds. The file is read next. */
export function answerColumns(em: Em, file: FileImport, mapping: FileImport['mapping']): Promise<void> {
  return takeAnswer(em, file, 'asking-columns', { state: 'reading', mapping })
}

/** Stores the answer to whether a date like 03/04 has its day first. The rows are checked next. */
export function answerDates(em: Em, file: FileImport, isDayFirst: boolean): Promise<void> {
  return takeAnswer(em, file, 'asking-dates', { state: 'checking', isDayFirst })
}

/** Only the first answer counts. A second one, from another window, changes nothing. */
async function takeAnswer(
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
