import type { CorrectionResult } from '../../imports/correct-row.ts'
import type { FileImport } from '../../imports/file-import.ts'
import type { Bucket } from '../../imports/plan.ts'
import type { Flash } from '../../web/view.ts'

const number = (value: number) => value.toLocaleString('en')

const NOW = {
  create: 'This customer will be created.',
  add: 'This customer will be added.',
  move: 'This customer will move here.',
  already: 'This customer is already here.',
  stranger: 'Its phone or e-mail belongs to a customer with a different name, so it is left out unless you tick it.',
  passed: 'It has no customer in it, so it will be skipped.'
} satisfies Record<Exclude<Bucket, 'wrong'>, string>

/** The sentences for an import into the groups that its file names. */
const NAMED = {
  ...NOW,
  add: 'This customer will join groups.',
  move: 'This customer will move to another group.',
  already: 'Nothing changes for this customer.'
}

/** The message about a row after its cells were corrected. */
export function correctionMessage(
  file: FileImport,
  row: number,
  typed: unknown[] | null,
  mended: CorrectionResult | null
): Flash {
  if (typed?.length === 0)
    return { text: `Nothing was changed in row ${number(row)}. Correct the marked cells, then save.`, tone: 'error' }
  if (!mended) return { text: `Row ${number(row)} no longer has errors. Nothing was changed.`, tone: 'error' }
  const { rows, wrong, bucket } = mended
  if (bucket === null) return { text: `${number(rows)} rows were changed and are being checked again.` }
  if (rows > 1 && wrong === 0) return { text: `${number(rows)} rows were corrected.` }
  if (rows > 1) {
    const right = rows - wrong
    const text = right
      ? `${number(right)} of ${number(rows)} rows ${right === 1 ? 'was' : 'were'} corrected. ${number(wrong)} still ${wrong === 1 ? 'has' : 'have'} errors.`
      : `All ${number(rows)} rows still have errors.`
    return { text, tone: 'error' }
  }
  if (bucket === 'wrong') return { text: `Row ${number(row)} still has an error.`, tone: 'error' }
  return { text: `Row ${number(row)} was corrected. ${(file.isIntoNamed ? NAMED : NOW)[bucket]}` }
}
