import type { Allowance } from './archive.ts'
import { showNumber } from './number-format.ts'
import { createTextReader, unescapeXlsx } from './shared-strings.ts'
import { BATCH, isBlank, type RawRow, withoutTail } from './sheet.ts'
import type { Workbook } from './workbook.ts'
import { type Handlers, readXml } from './xml.ts'

const LAST_COLUMN = 16_383

/**
 * Reads the rows that hold anything. Of the cells beyond the allowed columns, one is kept to show that there are any.
 */
export async function* readWorksheet(
  workbook: Workbook,
  name: string,
  columns: number,
  allowance: Allowance,
  onRead: (bytes: number) => void = () => {}
): AsyncGenerator<RawRow[]> {
  let batch: RawRow[] = []
  const handlers = createRowReader(workbook, columns, (row) => {
    if (!isBlank(row.cells)) batch.push({ number: row.number, cells: withoutTail(row.cells) })
  })
  for await (const _ of readXml(counted(workbook.archive.unpack(name, allowance), onRead), handlers)) {
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

async function* counted(chunks: AsyncIterable<Buffer>, onRead: (bytes: number) => void): AsyncGenerator<Buffer> {
  let read = 0
  for await (const chunk of chunks) {
    read += chunk.length
    onRead(read)
    yield chunk
  }
}

function createRowReader(workbook: Workbook, columns: number, onRow: (row: RawRow) => void): Handlers {
  const inline = createTextReader()
  let row: RawRow = { number: 0, cells: [] }
  let [column, type, style, value] = [0, '', '', '']
  let isValue = false

  return {
    open(name, attributes) {
      if (name === 'row') {
        row = { number: toNumber(attributes.r ?? row.number + 1), cells: [] }
        column = 0
      } else if (name === 'c') {
        column = attributes.r ? toColumn(attributes.r) : column
        type = attributes.t ?? ''
        style = attributes.s ?? ''
        value = ''
      } else if (name === 'v') isValue = true
      else inline.handlers.open?.(name, attributes)
    },
    text(piece) {
      if (isValue) value += piece
      else inline.handlers.text?.(piece)
    },
    close(name) {
      if (name === 'v') isValue = false
      else if (name === 'c') {
        put(show(workbook, type, style, value, inline.take()))
        column++
      } else if (name === 'row') onRow(row)
      else inline.handlers.close?.(name)
    }
  }

  function put(text: string): void {
    if (text === '') return
    const at = Math.min(column, columns)
    while (row.cells.length < at) row.cells.push('')
    row.cells[at] = text
  }
}

function show({ strings, formats, is1904 }: Workbook, type: string, style: string, value: string, inline: string) {
  if (type === 's') return strings.get(Number(value))
  if (type === 'inlineStr') return inline
  if (type === 'b') return value === '1' || value === 'true' ? 'TRUE' : 'FALSE'
  if (type === 'd') return value.slice(0, 10)
  if (type === 'str' || type === 'e') return unescapeXlsx(value)
  return showNumber(value, formats[Number(style || 0)] ?? '', is1904)
}

function toNumber(row: string | number): number {
  const number = Number(row)
  if (!Number.isInteger(number) || number < 1) throw new Error(`There is no row ${row}`)
  return number
}

/** The index of a cell's column, counted from 0: "AB12" is in column 27. */
function toColumn(reference: string): number {
  let column = 0
  for (const char of reference.toUpperCase()) {
    if (char < 'A' || char > 'Z') break
    column = column * 26 + char.charCodeAt(0) - 64
  }
  if (column < 1 || column > LAST_COLUMN + 1) throw new Error(`There is no cell ${reference}`)
  return column - 1
}
