import { FIELDS } from '../../customers/fields.ts'
import { NO_DATE, readDate } from './birth-date.ts'
import { type CellResult, clean, cleanCode, createForm, LONGEST_CELL, toStorable, whyUnusable } from './cell.ts'
import { fieldReaders, NOTHING_READ, READ_FIELDS, type ReadField } from './field-readers.ts'
import { readGroupNames } from './group-names.ts'
import { COLUMN_CONTENTS, type ColumnContent, isWholeName, type Mapping } from './headers.ts'
import { createMonths } from './months.ts'
import { readPart } from './name.ts'
import { createPassedOver, type PassedOverReason } from './passed-over.ts'
import { noteOnPhone } from './phone.ts'
import { isBlank, type RawRow } from './sheet.ts'
import { splitName } from './whole-name.ts'

export { isDayFirst } from './months.ts'

export interface RowError {
  /** The index of the cell in the row; null if the error concerns the whole row. */
  column: number | null
  message: string
}

export interface ReadRow extends Record<ReadField, string | null> {
  number: number
  /** The cells as written, except for what PostgreSQL can't store. */
  cells: string[]
  passedOver: PassedOverReason | null
  /** The names of groups, one per line; null if the row names none. */
  groupNames: string | null
  /** The birth date as YYYY-MM-DD if the day comes first, and if the month does. */
  dayFirst: string | null
  monthFirst: string | null
  hasDate: boolean
  /** A sentence that says what of the row is not stored although nothing is wrong. */
  note: string | null
  wrong: RowError[]
}

type Retailer = { country: string; locale: string }

export function createRowReader(
  headers: string[],
  mapping: Mapping,
  { country, locale }: Retailer,
  today: string
): (row: RawRow) => ReadRow {
  const form = createForm(country, today)
  const readers = fieldReaders(form, country)
  const months = createMonths(locale)
  const columns = Object.fromEntries(COLUMN_CONTENTS.map((held) => [held, mapping.indexOf(held)])) as Record<
    ColumnContent,
    number
  >
  const wholeName = mapping.find(isWholeName) ?? null
  const whyPassedOver = createPassedOver(columns, wholeName, country)
  const width = Math.max(headers.length, mapping.length)

  return function readRow({ number, cells: written }) {
    const cells = written.map(toStorable)
    const row = emptyRow(number, cells)
    row.passedOver = whyPassedOver(cells)
    if (row.passedOver) return row
    readCells(row)
    if (cells.length > width && !isBlank(cells.slice(width))) row.wrong.push({ column: null, message: TOO_MANY_CELLS })
    row.wrong.sort(byColumn)
    return row
  }

  function readCells(row: ReadRow): void {
    const take = <Value>(field: ColumnContent, read: (cell: string) => CellResult<Value>): Value | null => {
      const column = columns[field]
      const cell = row.cells[column] ?? ''
      const { value, message } = unusable(cell) ?? read(cell)
      if (message !== null) row.wrong.push({ column: column < 0 ? null : column, message })
      return value
    }
    row.hasDate = clean(row.cells[columns.birthDate] ?? '') !== ''
    if (wholeName)
      Object.assign(
        row,
        take(wholeName, (cell) => readWholeName(clean(cell)))
      )
    for (const name of wholeName ? NAMELESS : READ_FIELDS) row[name] = take(name, readers[name]) ?? FIELDS[name].none
    if (row.phone) row.note = noteOnPhone(cleanCode(row.cells[columns.phone] ?? ''), country)
    row.groupNames = take('groups', readGroupNames)
    requireContact(row)
    take('birthDate', (cell) => readBirthDate(row, cleanCode(cell)))
    for (const [column, cell] of row.cells.entries()) if (mapping[column] == null) checkPassedOver(row, column, cell)
  }

  function readWholeName(text: string): CellResult<Pick<ReadRow, 'firstName' | 'lastName'>> {
    const { first, last } = splitName(text, wholeName ?? 'firstLast')
    if (first === '') return { value: null, message: 'Enter a name.' }
    const [firstName, lastName] = [readPart(form, 'firstName', first), readPart(form, 'lastName', last)]
    const message = firstName.message ?? lastName.message
    if (message !== null) return { value: null, message }
    return { value: { firstName: firstName.value ?? '', lastName: lastName.value ?? '' }, message }
  }

  function readBirthDate(row: ReadRow, text: string): CellResult<null> {
    const { dayFirst, monthFirst, message } = row.hasDate ? readDate(form, months, today, text) : NO_DATE
    Object.assign(row, { dayFirst, monthFirst })
    return { value: null, message } as CellResult<null>
  }

  /** Requires a phone or an e-mail. A wrong one already has its own message. */
  function requireContact({ phone, email, cells, wrong }: ReadRow): void {
    if (phone || email) return
    const asked = [columns.phone, columns.email].filter((column) => column >= 0)
    if (asked.some((column) => wrong.some((one) => one.column === column))) return
    if (asked.every((column) => cleanCode(cells[column] ?? '') === ''))
      wrong.push({ column: asked[0] ?? null, message: NO_CONTACT })
  }
}

const NAMELESS = READ_FIELDS.filter((name) => name !== 'firstName' && name !== 'lastName')

const byColumn = (one: RowError, other: RowError) => (one.column ?? LAST) - (other.column ?? LAST)
const LAST = Number.MAX_SAFE_INTEGER

const NO_CONTACT = 'Enter a phone number or an e-mail address: one of the two.'
const TOO_MANY_CELLS =
  'This row has more cells than the file has headers. If a value contains the separator, such as a comma, put quotation marks around it.'

function unusable(cell: string): CellResult<never> | null {
  const message = whyUnusable(cell)
  return message === null ? null : { value: null, message }
}

/**
 * Checks a cell of a row that is passed over. Nothing is read from it, but it must fit into a spreadsheet's cell again.
 */
function checkPassedOver(row: ReadRow, column: number, cell: string): void {
  if (cell.length > LONGEST_CELL) row.wrong.push({ column, message: whyUnusable(cell) ?? '' })
}

function emptyRow(number: number, cells: string[]): ReadRow {
  return {
    number,
    cells,
    passedOver: null,
    ...NOTHING_READ,
    groupNames: null,
    dayFirst: null,
    monthFirst: null,
    hasDate: false,
    note: null,
    wrong: []
  }
}
