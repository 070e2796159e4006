import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

export type Cell = string | number | null

/** A column of a file that holds customers or figures. */
export interface Column<Row> {
  label: string
  /** The width in a spreadsheet, in characters. */
  width: number
  /** A day is written as "2026-02-28". */
  type: 'text' | 'number' | 'day'
  value(row: Row): Cell
}

/** The formats of files: each has a name, a media type, and a function that turns rows into the file as they arrive. */
export const FORMATS = {
  csv: { name: 'CSV', type: 'text/csv; charset=utf-8', write: writeCsv },
  xlsx: { name: 'XLSX', type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: writeXlsx }
}
export type Format = keyof typeof FORMATS

/** The most rows of a sheet in Excel, less the header row. */
const MOST_XLSX_ROWS = 1_048_575

/** A sentence that says why a file of this format can't hold so many rows; null if it can. */
export function whyTooMany(format: Format, count: number): string | null {
  if (format === 'csv' || count <= MOST_XLSX_ROWS) return null
  const [most, asked] = [MOST_XLSX_ROWS, count].map((number) => number.toLocaleString('en'))
  return `This list has ${asked} customers, but an XLSX file holds at most ${most}. Export it as CSV instead.`
}

function writeCsv<Row>(columns: Column<Row>[], rows: AsyncIterable<Row>): Readable {
  return toCsv(
    columns.map(({ label }) => label),
    cells(columns, rows)
  )
}

/**
 * Writes CSV that Excel opens well: a byte order mark tells it that the text is UTF-8, and an apostrophe disarms what
 * it would take for a formula. Numbers are left alone, even negative ones.
 */
export function toCsv(heads: string[], rows: AsyncIterable<Cell[]>): Readable {
  const lines = stringify({
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    quote_record_delimiter: true
  })
  return pipeline(Readable.from(belowHeads(heads, rows)), lines, ignoreError)
}

/** Yields the header only with the first row: until something is sent, an error can still be answered with a page. */
async function* belowHeads(heads: string[], rows: AsyncIterable<Cell[]>): AsyncGenerator<Cell[]> {
  let isFirst = true
  for await (const row of rows) {
    if (isFirst) yield heads
    isFirst = false
    yield row
  }
  if (isFirst) yield heads
}

/** Writes XLSX, in which text stays text whatever it begins with. */
function writeXlsx<Row>(columns: Column<Row>[], rows: AsyncIterable<Row>): Readable {
  return Readable.from(xlsxBytes(columns, rows), { objectMode: false })
}

/** The library that writes workbooks is imported only when the first one is written. */
async function* xlsxBytes<Row>(columns: Column<Row>[], rows: AsyncIterable<Row>): AsyncGenerator<Uint8Array> {
  const { writeXlsxStream } = await import('./hucre.ts')
  yield* writeXlsxStream(cells(columns, rows, toXlsx), {
    name: 'Customers',
    columns: columns.map(({ label, width, type }) => ({
      header: label,
      width,
      ...(type === 'day' && { numFmt: 'yyyy-mm-dd' })
    })),
    freezePane: { rows: 1 }
  }) as AsyncIterable<Uint8Array>
}

async function* cells<Row, Value = Cell>(
  columns: Column<Row>[],
  rows: AsyncIterable<Row>,
  convert = (cell: Cell, _type: Column<Row>['type']) => cell as Value
): AsyncGenerator<Value[]> {
  for await (const row of rows) yield columns.map((column) => convert(column.value(row), column.type))
}

const LONGEST_XLSX_TEXT = 32_767

/**
 * A text for a cell: characters that XML can't hold become U+FFFD, and text that looks like an escape of XLSX's
 * ("_x000D_") is protected.
 */
export function toXlsxText(text: string): string | null {
  if (text === '') return null
  return text
    .slice(0, LONGEST_XLSX_TEXT)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
}

/** Excel counts a 29 February 1900 that never was, so earlier dates would be a day off. They are written as text. */
const FIRST_XLSX_DAY = '1900-03-01'

function toXlsx(cell: Cell, type: 'text' | 'number' | 'day'): string | number | Date | null {
  if (typeof cell !== 'string') return cell
  if (type === 'day' && cell >= FIRST_XLSX_DAY) return new Date(`${cell}T00:00:00Z`)
  return toXlsxText(cell)
}

/** An error destroys the end of the pipeline, and whoever sends that end handles the error. */
const ignoreError = () => {}
