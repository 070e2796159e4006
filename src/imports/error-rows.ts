/** An error in a row. `column` is an index into the row's cells, or null if the error concerns the whole row. */
export interface CellError {
  column: number | null
  message: string
}

export interface WrongRow {
  /** The row's number in the uploaded file. */
  number: number
  cells: string[]
  wrong: CellError[]
}

export const ROW = 'Row'
export const ERRORS = 'Errors'
const OWN_HEADERS = [ROW, ERRORS].map((header) => header.toLowerCase())

/**
 * The columns that people uploaded, without the columns Row and Errors, which a file of errors has when it is uploaded
 * again.
 */
export interface UploadedColumns {
  headers: string[]
  /** The number of columns that were taken out. */
  dropped: number
  read(row: WrongRow): WrongRow
}

export function withoutOwnColumns(headers: string[]): UploadedColumns {
  const ours = headers.flatMap((header, column) => (OWN_HEADERS.includes(header.trim().toLowerCase()) ? [column] : []))
  const keep = <Value>(values: Value[]) => values.filter((_, column) => !ours.includes(column))
  const move = (column: number) => column - ours.filter((our) => our < column).length
  const kept = keep(headers)
  const read = ({ number, cells, wrong }: WrongRow): WrongRow => {
    const row = keep(cells)
    const width = Math.max(kept.length, row.length)
    const isThere = (column: number | null) => column !== null && !ours.includes(column) && move(column) < width
    return {
      number,
      cells: row,
      wrong: wrong.map(({ column, message }) => ({
        column: column !== null && isThere(column) ? move(column) : null,
        message
      }))
    }
  }
  return { headers: kept, dropped: ours.length, read }
}

/** The errors of a row in one text: "Phone: Too short; Two customers match". */
export function errorsOf(headers: string[], wrong: CellError[]): string {
  return wrong
    .map(({ column, message }) => (column === null ? message : `${nameOf(headers, column)}: ${message}`))
    .join('; ')
}

const nameOf = (headers: string[], column: number) => headers[column]?.trim() || `Column ${column + 1}`

export function padded(cells: string[], width: number): string[] {
  return Array.from({ length: width }, (_, column) => cells[column] ?? '')
}
