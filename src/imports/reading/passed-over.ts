import { FIELDS } from '../../customers/fields.ts'
import { clean } from './cell.ts'
import type { ColumnContent, WholeName } from './headers.ts'
import { isHints, isSampleEmail, samplePhone } from './template.ts'
import { type SplitName, splitName } from './whole-name.ts'

/** Why a row is ignored: it is empty, or it is the template's row of hints or its sample customer. */
export type PassedOverReason = 'empty' | 'template' | 'sample'

export function createPassedOver(columns: Record<ColumnContent, number>, wholeName: WholeName | null, country: string) {
  const phoneDigits = toDigits(samplePhone(country))

  return function whyPassedOver(cells: string[]): PassedOverReason | null {
    if (cells.every((cell) => clean(cell) === '')) return 'empty'
    if (isHints(cells)) return 'template'
    return isSample(cells) ? 'sample' : null
  }

  function isSample(cells: string[]): boolean {
    const text = (held: ColumnContent) => clean(cells[columns[held]] ?? '')
    if (cells.some(isSampleEmail)) return true
    const { first, last }: SplitName = wholeName
      ? splitName(text(wholeName), wholeName)
      : { first: text('firstName'), last: text('lastName') }
    if (first !== FIELDS.firstName.template.sample || last !== FIELDS.lastName.template.sample) return false
    return toDigits(text('phone')) === phoneDigits
  }
}

const toDigits = (phone: string) => phone.replace(/\D/g, '')
