import { type CountryCode, getExampleNumber, isSupportedCountry } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'
import { FIELD_LIST, FIELDS } from '../../customers/fields.ts'

const ELSEWHERE: CountryCode = 'US'

/** The three rows of the sample file: the headers, hints on how to fill in each column, and a made-up customer. */
export function template(country: string): { headers: string[]; hints: string[]; sample: string[] } {
  return {
    headers: FIELD_LIST.map(({ header }) => header),
    hints: FIELD_LIST.map(({ template }) => template.hint),
    sample: FIELD_LIST.map(({ name, template }) => (name === 'phone' ? samplePhone(country) : template.sample))
  }
}

/** A sample phone with spaces, so that a spreadsheet takes it for text and keeps the +. */
export function samplePhone(country: string): string {
  const known = isSupportedCountry(country) ? country : ELSEWHERE
  const phone = getExampleNumber(known, examples) ?? getExampleNumber(ELSEWHERE, examples)
  return phone?.formatInternational() ?? ''
}

const SAMPLE_EMAIL = FIELDS.email.template.sample

/** Recognises the sample customer by their e-mail in any column, even in a file with other headers. */
export const isSampleEmail = (cell: string): boolean =>
  cell.length >= SAMPLE_EMAIL.length && cell.length < 60 && cell.trim().toLowerCase() === SAMPLE_EMAIL

/** Recognises the sample file's row of hints, wherever it is. */
export function isHints(cells: string[]): boolean {
  if (!/^\s*(?:mandatory|optional|required)/i.test(cells.find((cell) => cell.trim() !== '') ?? '')) return false
  return cells.every((cell) => /^\s*(?:$|(?:mandatory|optional|required)\b)/i.test(cell))
}
