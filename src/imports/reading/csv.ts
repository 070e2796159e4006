import { pipeline, Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { type Delimiter, detectDelimiter } from './delimiter.ts'
import { detectEncoding } from './encoding.ts'
import {
  BATCH,
  type FileBytes,
  isBlank,
  type Limits,
  NOTHING,
  type RawRow,
  type Sheet,
  toCount,
  toHeaders,
  UnreadableFile,
  withoutTail
} from './sheet.ts'
import { slices } from './slices.ts'

export async function openCsv(file: FileBytes, head: Buffer, limits: Limits): Promise<Sheet> {
  if (file.size > limits.csvBytes) throw new UnreadableFile(tooLarge(limits))
  const encoding = await detectEncoding(file, head)
  const delimiter = detectDelimiter(new TextDecoder(encoding).decode(head))
  const first = await firstRow(records(file, encoding, delimiter, limits, () => {}))
  if (!first) throw new UnreadableFile(NOTHING)

  const headers = toHeaders(first.cells, limits)
  let readBytes = 0
  return {
    kind: 'csv',
    headers,
    rows: () =>
      after(
        first.number,
        records(file, encoding, delimiter, limits, (bytes) => (readBytes = bytes)),
        limits
      ),
    readBytes: () => readBytes
  }
}

async function firstRow(batches: AsyncIterable<RawRow[]>): Promise<RawRow | null> {
  for await (const batch of batches) {
    const row = batch.find(({ cells }) => !isBlank(cells))
    if (row) return row
  }
  return null
}

async function* after(header: number, batches: AsyncIterable<RawRow[]>, limits: Limits): AsyncGenerator<RawRow[]> {
  for await (const batch of batches) {
    const last = batch.at(-1)?.number ?? 0
    if (last - header > limits.csvRows) throw new UnreadableFile(tooMany(limits))
    const rows = last > header + batch.length ? batch : batch.filter(({ number }) => number > header)
    if (rows.length > 0) yield rows
  }
}

async function* records(
  file: FileBytes,
  encoding: string,
  { delimiter, hasLine }: Delimiter,
  limits: Limits,
  onRead: (bytes: number) => void
): AsyncGenerator<RawRow[]> {
  const parser = parse({
    delimiter,
    from_line: hasLine ? 2 : 1,
    record_delimiter: ['\r\n', '\n', '\r'],
    relax_quotes: true,
    relax_column_count: true,
    max_record_size: limits.recordBytes
  })
  let number = 0
  let batch: RawRow[] = []
  try {
    pipeline(Readable.from(toUtf8(file, encoding, onRead)), parser, ignore)
    for await (const cells of parser as AsyncIterable<string[]>) {
      number++
      if (cells.some(isRunTogether)) throw new UnreadableFile(unclosed(number))
      batch.push({ number, cells: withoutTail(cells) })
      if (batch.length < BATCH) continue
      yield batch
      batch = []
    }
    if (batch.length > 0) yield batch
  } catch (error) {
    // The parser has not handed over all rows that it read before it failed, so the row's number comes from its own
    // count.
    throw error instanceof CsvError ? new UnreadableFile(whyNot(error, parser.info.records + 1)) : error
  }
}

/** Whether a cell ran into the following rows, because a quotation mark was not closed. */
function isRunTogether(cell: string): boolean {
  if (!cell.startsWith('"')) return false
  const end = cell.indexOf('"', 1)
  return end > 0 && /[\r\n]/.test(cell.slice(1, end))
}

/** The parser makes all rows of a chunk before anybody takes one, and many short rows fit into a chunk. */
const AT_ONCE_BYTES = 16 * 1024

/** Converts the file's text to UTF-8, without the byte order mark. */
async function* toUtf8(file: FileBytes, encoding: string, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  const decoder = new TextDecoder(encoding)
  let read = 0
  for await (const bytes of file.stream()) {
    const text = decoder.decode(bytes, { stream: true })
    read += bytes.length
    onRead(read)
    yield* slices(Buffer.from(text), AT_ONCE_BYTES)
  }
  const rest = decoder.decode()
  yield* slices(Buffer.from(rest), AT_ONCE_BYTES)
}

function whyNot({ code }: CsvError, row: number): string {
  if (code === 'CSV_QUOTE_NOT_CLOSED') return unclosed(row)
  return `Row ${toCount(row)} is too long to be one customer. It may have a quotation mark that is never closed. Correct it in a text editor, or save the file as CSV again.`
}

const unclosed = (row: number): string =>
  `A cell in row ${toCount(row)} starts with a quotation mark that is never closed, so it runs into the next rows. Close or delete the quotation mark, then upload the file again.`

const tooMany = ({ csvRows }: Limits): string =>
  `This file has more than ${toCount(csvRows)} rows. Split it into several files and upload them one by one.`

const tooLarge = ({ csvBytes }: Limits): string =>
  `This file is larger than ${toCount(Math.round(csvBytes / 1024 / 1024))} MB. Split it into several files and upload them one by one.`

/** An error destroys the end of the pipeline, and whoever reads from that end handles the error. */
const ignore = () => {}
