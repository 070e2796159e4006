/** An uploaded file's bytes, which may be streamed several times. */
export interface FileBytes {
  size: number
  /** Streams the bytes from an offset on. */
  stream(start?: number): AsyncIterable<Buffer>
}

/** An error whose message says in a sentence or two what is wrong with the whole file and what to do about it. */
export class UnreadableFile extends Error {}

export interface RawRow {
  /** The row's number in a spreadsheet: the header is usually row 1, and blank rows count. */
  number: number
  cells: string[]
}

export interface Sheet {
  kind: 'csv' | 'xlsx'
  /** The first row that is not empty, as written but trimmed. */
  headers: string[]
  /** Yields the rows after the headers, in batches. */
  rows(): AsyncGenerator<RawRow[]>
  /** How many bytes of the file rows() has read. */
  readBytes(): number
}

export const BATCH = 200

export interface Limits {
  csvBytes: number
  csvRows: number
  /** The most bytes of a record, which is held in memory as a whole. */
  recordBytes: number
  xlsxBytes: number
  xlsxRows: number
  unpackedBytes: number
  columns: number
}

const MB = 1024 * 1024

export const LIMITS: Limits = {
  csvBytes: 200 * MB,
  csvRows: 2_000_000,
  recordBytes: 2 * MB,
  xlsxBytes: 20 * MB,
  xlsxRows: 200_000,
  unpackedBytes: 200 * MB,
  columns: 100
}

export const isBlank = (cells: string[]): boolean => cells.every((cell) => cell.trim() === '')

/** Removes the empty cells that spreadsheets write after the last one. */
export function withoutTail(cells: string[]): string[] {
  let length = cells.length
  while (length > 0 && cells[length - 1]?.trim() === '') length--
  return length === cells.length ? cells : cells.slice(0, length)
}

export function toHeaders(cells: string[], { columns }: Limits): string[] {
  const headers = withoutTail(cells).map((cell) => cell.trim())
  if (headers.length > columns)
    throw new UnreadableFile(
      `This file has more than ${columns} columns. Keep only those with customer details, then upload it again.`
    )
  return headers
}

export const toCount = (count: number): string => count.toLocaleString('en')

export const NOTHING = 'This file is empty. Fill in the sample file, keep its row of headers, and upload that.'
