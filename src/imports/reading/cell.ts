import { type CustomerFields, customerFields } from '../../customers/details.ts'

// Spaces of every kind, including NBSP and full-width ones, and characters of no width.
const OUTER = /[\s\u00ad\u200b-\u200f\u2060]/
const PLAIN = /^[!-~](?:[ -~]*[!-~])?$/

/**
 * An apostrophe that keeps a spreadsheet from taking the cell for a formula or a number. The one of "'t Hooft" is part
 * of the name.
 */
const ESCAPE = /^'(?=[=+\-@\t\r\d(\uff1d\uff0b\uff0d\uff20])/
/**
 * Characters that some address books put around a phone number. They have no width and only set the direction of the
 * text.
 */
const INVISIBLE = /[\u200b-\u200f\u202a-\u202e\u2060\u2066-\u2069]/g
/** A formula by which some programs keep a spreadsheet from taking a text for a number. */
const AS_FORMULA = /^="([^"]*)"$/
const LINE_BREAKS = /[\t\n\v\f\r]+/
const REPLACED = '\ufffd'
/** The most characters that a spreadsheet's cell can hold. */
export const LONGEST_CELL = 32_767

/** Replaces what PostgreSQL can't store. */
export function toStorable(cell: string): string {
  const whole = cell.isWellFormed() ? cell : cell.toWellFormed()
  return whole.includes('\0') ? whole.replaceAll('\0', REPLACED) : whole
}

/** The text of a cell on one line, without what spreadsheets and other programs put around it. */
export function clean(cell: string): string {
  if (cell === '') return cell
  const isEscaped = cell.startsWith("'") || cell.startsWith('=')
  if (!isEscaped && PLAIN.test(cell)) return cell
  const text = trim(trim(cell).replace(ESCAPE, '').replace(AS_FORMULA, '$1').normalize('NFC'))
  return LINE_BREAKS.test(text) ? text.split(LINE_BREAKS).map(trim).join(' ') : text
}

/** Cleans a cell as clean() does, and replaces full-width digits and letters by their usual forms. */
export function cleanCode(cell: string): string {
  const text = clean(cell)
  return PLAIN.test(text) ? text : trim(text.normalize('NFKC').replace(INVISIBLE, '')).replace(ESCAPE, '')
}

/** Trims without a pattern, because one with a repeated end takes quadratic time on a long gap within the text. */
function trim(text: string): string {
  let [start, end] = [0, text.length]
  while (start < end && OUTER.test(text.charAt(start))) start++
  while (start < end && OUTER.test(text.charAt(end - 1))) end--
  return text.slice(start, end)
}

/** A sentence that says why a cell can't be used, whatever it should hold; null if it can. */
export function whyUnusable(cell: string): string | null {
  if (cell.length > LONGEST_CELL)
    return `This cell has more than ${LONGEST_CELL.toLocaleString('en')} characters. Shorten it.`
  if (cell.includes(REPLACED)) return 'This cell has characters that can’t be read. Type it again.'
  if (/^\s*#(?:N\/A|REF!|VALUE!|NAME\?|DIV\/0!|NULL!|NUM!|SPILL!|CALC!)\s*$/.test(cell))
    return 'This cell has a spreadsheet error in it. Correct the formula or type the value.'
  return null
}

export type CellResult<Value> = { value: Value; message: null } | { value: null; message: string }

/** The checks of the customer's form, for single cells. */
export function createForm(country: string, today: string) {
  const { shape } = customerFields(country, today)
  return function check<Name extends keyof CustomerFields>(
    field: Name,
    text: string
  ): CellResult<CustomerFields[Name]> {
    const { success, data, error } = shape[field].safeParse(text)
    if (success) return { value: data as CustomerFields[Name], message: null }
    return { value: null, message: error.issues[0]?.message ?? 'This can’t be read.' }
  }
}

export type Form = ReturnType<typeof createForm>
