import { pipeline, Readable } from 'node:stream'
import { stringify } from 'csv-stringify'

export type Cell = string | number | null

/** A column of a file with customers or figures in it. */
export interface Column<Row> {
  label: string
  /** In characters, as a spreadsheet shows it. */
  width: number
  /** Days are "2026-02-28". */
  type: 'text' | 'number' | 'day'
  value(row: Row): Cell
}

/** How a file is told to the browser, and how rows become one as they come. */
export const FORMATS = {
  csv: { name: 'CSV', type: 'text/csv; charset=utf-8', write: writeCsv },
  xlsx: { name: 'XLSX', type: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet', write: writeXlsx }
}
export type Format = keyof typeof FORMATS

/** Excel's own limit, the heads' row aside. */
const MOST_XLSX_ROWS = 1_048_575

/** Why so many rows don't fit into a file; null if they do. */
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
 * As Excel opens it well: it takes UTF-8 for what it is by the mark at the beginning. What a spreadsheet would take for a
 * formula begins with an apostrophe; a number of ours is one, also below zero.
 */
export function toCsv(heads: string[], rows: AsyncIterable<Cell[]>): Readable {
  const lines = stringify({
    bom: true,
    escape_formulas: true,
    record_delimiter: 'windows',
    quote_record_delimiter: true
  })
  return pipeline(Readable.from(belowHeads(heads, rows)), lines, ignore)
}

/** The heads wait for the first row: as long as nothing was sent, what fails can still be told on a page. */
async function* belowHeads(heads: string[], rows: AsyncIterable<Cell[]>): AsyncGenerator<Cell[]> {
  let isFirst = true
  for await (const row of rows) {
    if (isFirst) yield heads
    isFirst = false
    yield row
  }
  if (isFirst) yield heads
}

/** Text is text there, whatever it begins with. */
function writeXlsx<Row>(columns: Column<Row>[], rows: AsyncIterable<Row>): Readable {
  return Readable.from(xlsxBytes(columns, rows), { objectMode: false })
}

/** What writes workbooks is loaded for the first of them. */
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

/** What no XML can hold is shown as lost, and a text that looks like XLSX's own escape for a character stays that text. */
export function toXlsxText(text: string): string | null {
  if (text === '') return null
  return text
    .slice(0, LONGEST_XLSX_TEXT)
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replace(/_(?=x[0-9a-f]{4}_)/gi, '_x005F_')
}

/** Excel's calendar has a day too many before. */
const FIRST_XLSX_DAY = '1900-03-01'

function toXlsx(cell: Cell, type: 'text' | 'number' | 'day'): string | number | Date | null {
  if (typeof cell !== 'string') return cell
  if (type === 'day' && cell >= FIRST_XLSX_DAY) return new Date(`${cell}T00:00:00Z`)
  return toXlsxText(cell)
}

/** A pipeline that breaks off destroys its end, and whoever sends that deals with it. */
const ignore = () => {}
