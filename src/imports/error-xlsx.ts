import { RuleError } from '../lib/errors.ts'
import type { Cell, CellStyle, ColumnDef } from '../lib/hucre.ts'
import { toXlsxText } from '../lib/sheets.ts'
import { type CellError, ERRORS, errorsOf, padded, ROW, type UploadedColumns, type WrongRow } from './error-rows.ts'

/**
 * The most rows that are written as XLSX. With eight columns and two wrong cells a row, 2,000 rows take some 30 MB more
 * while they are built and keep the process busy for a third of a second; 5,000 rows take up to 80 MB.
 */
export const MOST_XLSX_ERRORS = 2_000
/** Even a few rows can be long. Text of this length takes some 60 MB. */
const MOST_XLSX_CHARACTERS = 2_000_000
/** One wide row makes all other rows as wide. */
const MOST_XLSX_CELLS = 50_000

const EDGE = { style: 'thin', color: { rgb: 'C65911' } } as const
const TEXT: CellStyle = { numFmt: '@' }
const HEAD: CellStyle = { ...TEXT, font: { name: 'Calibri', size: 11, bold: true } }
const WRONG: CellStyle = {
  ...TEXT,
  fill: { type: 'pattern', pattern: 'solid', fgColor: { rgb: 'FFD9B3' } },
  border: { top: EDGE, right: EDGE, bottom: EDGE, left: EDGE }
}

/**
 * hucre's comments are two columns wide and four rows high, so these sizes decide how much of a comment can be read.
 */
const HEIGHT = 20
const [NARROWEST, WIDEST] = [16, 40]

export async function* toErrorXlsx(
  uploaded: UploadedColumns,
  rows: AsyncIterable<WrongRow>
): AsyncGenerator<Uint8Array> {
  const wrong = await collect(uploaded, rows)
  const width = wrong.reduce((widest, { cells }) => Math.max(widest, cells.length), uploaded.headers.length)
  const heads = [...padded(uploaded.headers, width), ROW, ERRORS]
  const lines = wrong.map((row) => [
    ...padded(row.cells, width),
    String(row.number),
    errorsOf(uploaded.headers, row.wrong)
  ])
  const { writeXlsx } = await import('../lib/hucre.ts')
  yield await writeXlsx({
    stringMode: 'inline',
    sheets: [
      {
        name: ERRORS,
        columns: toColumns(heads, lines),
        rows: [heads, ...lines].map((line) => line.map(toXlsxText)),
        cells: new Map([...headCells(heads), ...wrongCells(wrong, width)]),
        rowDefs: new Map(lines.map((_, line) => [line + 1, { height: HEIGHT }])),
        freezePane: { rows: 1 }
      }
    ]
  })
}

/** Collects all rows. If they would take too much memory, this refuses them before anything was sent. */
async function collect(uploaded: UploadedColumns, rows: AsyncIterable<WrongRow>): Promise<WrongRow[]> {
  const wrong: WrongRow[] = []
  let [width, characters] = [uploaded.headers.length, 0]
  for await (const row of rows) {
    wrong.push(uploaded.read(row))
    width = Math.max(width, row.cells.length)
    characters += lengthOf(row)
    if (isTooMuch(wrong.length, width, characters)) throw new RuleError(TOO_MANY)
  }
  return wrong
}

const isTooMuch = (count: number, width: number, characters: number) =>
  count > MOST_XLSX_ERRORS || count * width > MOST_XLSX_CELLS || characters > MOST_XLSX_CHARACTERS

const TOO_MANY = 'These rows are too large for an XLSX file. Download them as CSV.'

const lengthOf = ({ cells, wrong }: WrongRow) =>
  [...cells, ...wrong.map(({ message }) => message)].reduce((sum, text) => sum + text.length, 0)

function toColumns(heads: string[], lines: string[][]): ColumnDef[] {
  return heads.map((head, column) => {
    if (head === ROW && column === heads.length - 2) return { width: 10, numFmt: '@' }
    const longest = lines.reduce((most, line) => Math.max(most, line[column]?.length ?? 0), head.length)
    return { width: Math.min(Math.max(longest + 2, NARROWEST), WIDEST), numFmt: '@' }
  })
}

function* headCells(heads: string[]): Generator<[string, Partial<Cell>]> {
  for (const column of heads.keys()) yield [`0,${column}`, { style: HEAD }]
}

function* wrongCells(rows: WrongRow[], width: number): Generator<[string, Partial<Cell>]> {
  for (const [index, { wrong }] of rows.entries()) {
    for (const [column, messages] of byColumn(wrong, width)) {
      const text = toXlsxText(messages.join('\n')) ?? ''
      yield [`${index + 1},${column}`, { style: WRONG, comment: { author: 'Clientele', text } }]
    }
  }
}

/** The messages of each column. The Row column shows those that concern the whole row. */
function byColumn(wrong: CellError[], width: number): Map<number, string[]> {
  const cells = Map.groupBy(wrong, ({ column }) => column ?? width)
  return new Map([...cells].map(([column, reasons]) => [column, reasons.map(({ message }) => message)]))
}
