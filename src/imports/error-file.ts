import { Readable } from 'node:stream'
import { type Cell, type Format, toCsv } from '../lib/sheets.ts'
import { ERRORS, errorsOf, padded, ROW, type UploadedColumns, type WrongRow, withoutOwnColumns } from './error-rows.ts'
import { toErrorXlsx } from './error-xlsx.ts'

export type { CellError, WrongRow } from './error-rows.ts'
export { MOST_XLSX_ERRORS } from './error-xlsx.ts'

/**
 * Writes the rows of an import that have errors as a file that can be corrected and uploaded again: the uploaded
 * columns, then Row and Errors. CSV is streamed. XLSX highlights the wrong cells and comments on them. It is built in
 * memory, because hucre's stream holds no comments, so offer it up to MOST_XLSX_ERRORS rows. `widest` is the number of
 * cells in the longest row. CSV can't look ahead, so cells beyond that number come after Errors.
 */
export function writeErrors(
  format: Format,
  headers: string[],
  rows: AsyncIterable<WrongRow>,
  widest = headers.length
): Readable {
  const uploaded = withoutOwnColumns(headers)
  if (format === 'xlsx') return Readable.from(toErrorXlsx(uploaded, rows), { objectMode: false })
  const width = Math.max(uploaded.headers.length, widest - uploaded.dropped)
  return toCsv([...padded(uploaded.headers, width), ROW, ERRORS], toLines(uploaded, width, rows))
}

async function* toLines(
  uploaded: UploadedColumns,
  width: number,
  rows: AsyncIterable<WrongRow>
): AsyncGenerator<Cell[]> {
  for await (const row of rows) {
    const { number, cells, wrong } = uploaded.read(row)
    yield [...padded(cells, width), number, errorsOf(uploaded.headers, wrong), ...cells.slice(width)]
  }
}
