import { buffer } from 'node:stream/consumers'
import { type CellObject, read, utils, type WorkSheet } from '@e965/xlsx'
import { parse } from 'csv-parse/sync'
import { readXlsx } from 'hucre/xlsx'
import t from 'tap'
import { MOST_XLSX_ERRORS, type WrongRow, writeErrors } from '../../src/imports/error-file.ts'
import type { Format } from '../../src/lib/sheets.ts'

const HEADERS = ['First Name', 'Phone', 'Email', 'Location']

async function* each(rows: Iterable<WrongRow>) {
  yield* rows
}

const write = (format: Format, headers: string[], rows: Iterable<WrongRow>, widest?: number) =>
  buffer(writeErrors(format, headers, each(rows), widest))

async function csv(headers: string[], rows: Iterable<WrongRow>, widest?: number): Promise<string[][]> {
  const text = (await write('csv', headers, rows, widest)).toString()
  return parse(text, { bom: true, relax_column_count: true, record_delimiter: '\r\n' })
}

async function sheet(headers: string[], rows: Iterable<WrongRow>): Promise<WorkSheet> {
  const book = read(await write('xlsx', headers, rows), { cellStyles: true, cellNF: true, sheetStubs: true })
  const [first] = Object.values(book.Sheets)
  if (!first) throw new Error('No sheet')
  return first
}

const cell = (sheet: WorkSheet, row: number, column: number): CellObject | undefined =>
  sheet[utils.encode_cell({ r: row, c: column })]
const text = (sheet: WorkSheet, row: number, column: number) => cell(sheet, row, column)?.v ?? ''
const lines = (sheet: WorkSheet) => utils.sheet_to_json<string[]>(sheet, { header: 1, defval: '', raw: true })
const comment = (cell?: CellObject) => cell?.c?.map(({ t }) => t).join('')
const fill = (cell?: CellObject) => cell?.s?.fgColor?.rgb

function cells(sheet: WorkSheet, isMarked: (cell: CellObject) => unknown): string[] {
  return Object.keys(sheet).filter((address) => !address.startsWith('!') && isMarked(sheet[address]))
}

/** As a check of 1,000 rows would find them: 137 wrong, by turns in the phone, twice in the e-mail, both, as a whole. */
function check(count: number): WrongRow[] {
  const kinds: WrongRow['wrong'][] = [
    [{ column: 1, message: 'Too short' }],
    [
      { column: 2, message: 'No @' },
      { column: 2, message: 'No domain' }
    ],
    [
      { column: 1, message: 'Too long' },
      { column: 2, message: 'No @' }
    ],
    [{ column: null, message: 'Two customers match' }]
  ]
  return Array.from({ length: count }, (_, index) => ({
    number: index + 2,
    cells: [`Name ${index}`, `+65 8123 ${index}`, `${index}@example.com`, `0${index}`],
    wrong: index % 7 === 3 && index < 7 * 137 ? (kinds[index % 4] ?? []) : []
  })).filter(({ wrong }) => wrong.length > 0)
}

t.test('XLSX holds exactly the wrong rows, with exactly the wrong cells marked by every reason', async (t) => {
  const wrong = check(1_000)
  t.equal(wrong.length, 137)
  const file = await sheet(HEADERS, wrong)

  const rows = lines(file)
  t.strictSame(rows[0], [...HEADERS, 'Row', 'Errors'])
  t.strictSame(
    rows.slice(1).map((row) => row.slice(0, 5)),
    wrong.map(({ cells, number }) => [...cells, String(number)])
  )

  const marks = wrong.flatMap(({ wrong }, index) => {
    const byColumn = Map.groupBy(wrong, ({ column }) => column ?? HEADERS.length)
    return [...byColumn].map(([c, reasons]) => [
      utils.encode_cell({ r: index + 1, c }),
      reasons.map(({ message }) => message).join('\n')
    ])
  })
  const addresses = marks.map(([address]) => address).sort()
  t.strictSame(cells(file, fill).sort(), addresses, 'highlighted')
  t.strictSame(cells(file, comment).sort(), addresses, 'commented')
  for (const [address = '', reasons] of marks) t.equal(comment(file[address]), reasons, address)
  t.strictSame([...new Set(addresses.map((address = '') => fill(file[address])))], ['FFD9B3'])
})

t.test('CSV holds exactly the wrong rows, their numbers and every reason', async (t) => {
  const wrong = check(1_000)
  const [heads, ...rows] = await csv(HEADERS, wrong)
  t.strictSame(heads, [...HEADERS, 'Row', 'Errors'])
  t.strictSame(
    rows.map((row) => row[4]),
    wrong.map(({ number }) => String(number))
  )
  t.strictSame(rows[0], ['Name 3', "'+65 8123 3", '3@example.com', '03', '5', 'Two customers match'])
  t.equal(rows[1]?.[5], 'Phone: Too long; Email: No @')
  t.equal(rows[2]?.[5], 'Email: No @; Email: No domain')
  t.equal(rows[3]?.[5], 'Phone: Too short')
})

t.test('what looks like a formula is text, and is made harmless where it would be one', async (t) => {
  const cells = ['=1+1', '+65 8123 4567', '-5', '@x', '\tx', '0012', '2026-02-28', "'quoted"]
  const headers = ['=A', 'b', 'c', 'd', 'e', 'f', 'g', 'h']
  const wrong = [{ number: 2, cells, wrong: [{ column: 0, message: '=Wrong' }] }]

  const [heads, row] = await csv(headers, wrong)
  t.strictSame(heads?.slice(0, 2), ["'=A", 'b'])
  t.strictSame(row, [
    "'=1+1",
    "'+65 8123 4567",
    "'-5",
    "'@x",
    "'\tx",
    '0012',
    '2026-02-28',
    "'quoted",
    '2',
    "'=A: =Wrong"
  ])

  const file = await sheet(headers, wrong)
  for (const [column, value] of [...cells, '2', '=A: =Wrong'].entries()) {
    const { t: type, v, f, z } = cell(file, 1, column) ?? {}
    t.match({ type, v, z }, { type: 's', v: value, z: '@' })
    t.equal(f, undefined)
  }
})

t.test('the file went up a second time: Row and Errors are replaced', async (t) => {
  const headers = ['Row', 'First Name', ' errors ', 'Phone']
  const wrong = [
    {
      number: 3,
      cells: ['17', 'Ann', 'Phone: Too short', '12', 'more'],
      wrong: [{ column: 3, message: 'Still short' }]
    },
    { number: 4, cells: ['18', 'Bo', '', '1'], wrong: [{ column: 2, message: 'Of no use' }] }
  ]
  t.strictSame(await csv(headers, wrong, 5), [
    ['First Name', 'Phone', '', 'Row', 'Errors'],
    ['Ann', '12', 'more', '3', 'Phone: Still short'],
    ['Bo', '1', '', '4', 'Of no use']
  ])
  const file = await sheet(headers, wrong)
  t.strictSame(lines(file)[1], ['Ann', '12', 'more', '3', 'Phone: Still short'])
  t.strictSame(cells(file, fill).sort(), ['B2', 'D3'])
})

t.test('short rows are filled up and long ones keep all, in order', async (t) => {
  const wrong = [
    { number: 2, cells: ['Ann'], wrong: [{ column: 1, message: 'Missing' }] },
    { number: 3, cells: ['Bo', '12', 'x', '', 'y'], wrong: [{ column: 4, message: 'No header' }] },
    { number: 4, cells: [], wrong: [{ column: 9, message: 'Not there' }] }
  ]
  const rows = [
    ['First Name', 'Phone', '', '', '', 'Row', 'Errors'],
    ['Ann', '', '', '', '', '2', 'Phone: Missing'],
    ['Bo', '12', 'x', '', 'y', '3', 'Column 5: No header'],
    ['', '', '', '', '', '4', 'Not there']
  ]
  t.strictSame(await csv(['First Name', 'Phone'], wrong, 5), rows)
  const file = await sheet(['First Name', 'Phone'], wrong)
  t.strictSame(lines(file), rows)
  t.strictSame(cells(file, fill).sort(), ['B2', 'E3', 'F4'])
  t.equal(cell(file, 1, 1)?.z, '@', 'an empty cell takes a phone as text')

  t.strictSame(
    (await csv(['First Name', 'Phone'], wrong))[2],
    ['Bo', '12', '3', 'Column 5: No header', 'x', '', 'y'],
    'CSV that was not told the longest row keeps its own columns below their headers'
  )
})

t.test('very long cells, line breaks, quotes and what XML can’t hold', async (t) => {
  const odd = ['x'.repeat(40_000), 'a\r\nb "c"; d,e', 'nul\u0000 bell\u0007 tab\t\uffff\ud800', '<&> _x0041_ 😀']
  const wrong = [{ number: 2, cells: odd, wrong: [{ column: 2, message: 'Odd \u0001 _x0042_ <b>' }] }]

  const [, row] = await csv(HEADERS, wrong)
  t.strictSame(row?.slice(0, 2), odd.slice(0, 2))
  t.equal(row?.[3], odd[3])

  const file = await sheet(HEADERS, wrong)
  t.equal(text(file, 1, 0), 'x'.repeat(32_767))
  t.match(text(file, 1, 1), /^a\r?\nb "c"; d,e$/)
  t.match(text(file, 1, 2), /^nul.* bell.* tab\t\ufffd\ufffd$/s)
  t.equal(text(file, 1, 3), odd[3])
  t.match(comment(cell(file, 1, 2)), /^Odd .* _x0042_ <b>$/s)
})

t.test('CSV is UTF-8 with its mark and CRLF', async (t) => {
  const wrong = [{ number: 2, cells: ['Zoë'], wrong: [{ column: 0, message: 'A\nB' }] }]
  t.equal((await write('csv', ['Name'], wrong)).toString(), '\ufeffName,Row,Errors\r\nZoë,2,"Name: A\nB"\r\n')
})

t.test('no rows: the headers alone', async (t) => {
  t.strictSame(await csv(HEADERS, []), [[...HEADERS, 'Row', 'Errors']])
  t.strictSame(lines(await sheet(HEADERS, [])), [[...HEADERS, 'Row', 'Errors']])
})

t.test('the headers are bold and stay in sight, and columns are as wide as what is in them', async (t) => {
  const file = await write('xlsx', HEADERS, check(100))
  const [sheet] = (await readXlsx(file, { readStyles: true })).sheets
  t.equal(sheet?.freezePane?.rows, 1)
  t.equal(sheet?.cells?.get('0,0')?.style?.font?.bold, true)
  const widths = read(file, { cellStyles: true }).Sheets.Errors?.['!cols']?.map(({ width }) => Math.round(width ?? 0))
  t.strictSame(widths, [16, 16, 16, 16, 10, 31])
})

t.test('XLSX refuses what it can’t hold in memory before a byte is sent', async (t) => {
  const row: WrongRow = { number: 2, cells: ['Ann'], wrong: [{ column: null, message: 'No' }] }
  const tooMany = Array.from({ length: MOST_XLSX_ERRORS + 1 }, () => row)
  const tooLong = Array.from({ length: 61 }, () => ({ ...row, cells: ['x'.repeat(33_000)] }))
  const tooWide = [{ ...row, cells: Array.from({ length: 1_000 }, () => '') }, ...tooMany.slice(0, 100)]
  for (const rows of [tooMany, tooLong, tooWide]) {
    await t.rejects(write('xlsx', HEADERS, rows), { statusCode: 409, message: /as CSV/ })
    await t.resolves(write('csv', HEADERS, rows))
  }
})

t.test('what fails while rows come breaks the file off', async (t) => {
  async function* failing() {
    yield* check(10)
    throw new Error('Gone')
  }
  for (const format of ['csv', 'xlsx'] as const) {
    await t.rejects(buffer(writeErrors(format, HEADERS, failing())), { message: 'Gone' })
  }
})
