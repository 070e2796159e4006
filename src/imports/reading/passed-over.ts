import { clean } from './cell.ts'
import type { Held, WholeName } from './headers.ts'
import { isHints, isSampleEmail, SAMPLE_FIRST_NAME, SAMPLE_LAST_NAME, template } from './template.ts'
import { type SplitName, splitName } from './whole-name.ts'

/** Why a row is nobody's: it is empty, or the template's own hints or sample. */
export type PassedOver = 'empty' | 'template' | 'sample'

export function createPassedOver(columns: Record<Held, number>, wholeName: WholeName | null, country: string) {
  const phoneDigits = toDigits(template(country).sample[2] ?? '')

  return function whyPassedOver(cells: string[]): PassedOver | null {
    if (cells.every((cell) => clean(cell) === '')) return 'empty'
    if (isHints(cells)) return 'template'
    return isSample(cells) ? 'sample' : null
  }

  function isSample(cells: string[]): boolean {
    const text = (held: Held) => clean(cells[columns[held]] ?? '')
    if (cells.some(isSampleEmail)) return true
    const { first, last }: SplitName = wholeName
      ? splitName(text(wholeName), wholeName)
      : { first: text('firstName'), last: text('lastName') }
    if (first !== SAMPLE_FIRST_NAME || last !== SAMPLE_LAST_NAME) return false
    return toDigits(text('phone')) === phoneDigits
  }
}

const toDigits = (phone: string) => phone.replace(/\D/g, '')
