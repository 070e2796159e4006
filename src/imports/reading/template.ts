import { type CountryCode, getExampleNumber, isSupportedCountry } from 'libphonenumber-js'
import examples from 'libphonenumber-js/mobile/examples'
import { FIELDS, LABELS } from './headers.ts'

const SAMPLE_EMAIL = 'jane.sample@example.com'
export const SAMPLE_FIRST_NAME = 'Jane'
export const SAMPLE_LAST_NAME = 'Sample'
const ELSEWHERE: CountryCode = 'US'

/** The three rows of the sample file: the headers, which are mandatory, and a customer who is none. */
export function template(country: string): { headers: string[]; hints: string[]; sample: string[] } {
  return {
    headers: FIELDS.map((field) => LABELS[field]),
    hints: [
      'Mandatory',
      'Optional',
      'Mandatory, unless there is an email',
      'Mandatory, unless there is a phone',
      'Optional: year-month-day',
      'Optional: Female, Male or Other',
      'Optional: a city'
    ],
    sample: [
      SAMPLE_FIRST_NAME,
      SAMPLE_LAST_NAME,
      samplePhone(country),
      SAMPLE_EMAIL,
      '1984-02-29',
      'Female',
      'Springfield'
    ]
  }
}

/** With its spaces, so that a spreadsheet takes it for text and keeps the +. */
function samplePhone(country: string): string {
  const known = isSupportedCountry(country) ? country : ELSEWHERE
  const phone = getExampleNumber(known, examples) ?? getExampleNumber(ELSEWHERE, examples)
  return phone?.formatInternational() ?? ''
}

/** In whatever column, so that the sample customer is known also in a file with other headers. */
export const isSampleEmail = (cell: string): boolean =>
  cell.length >= SAMPLE_EMAIL.length && cell.length < 60 && cell.trim().toLowerCase() === SAMPLE_EMAIL

/** The second row of the sample file, wherever it stands. */
export function isHints(cells: string[]): boolean {
  if (!/^\s*(?:mandatory|optional|required)/i.test(cells.find((cell) => cell.trim() !== '') ?? '')) return false
  return cells.every((cell) => /^\s*(?:$|(?:mandatory|optional|required)\b)/i.test(cell))
}
