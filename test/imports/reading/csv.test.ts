import t from 'tap'
import { openFile, UnreadableFile } from '../../../src/imports/reading/file.ts'
import { BATCH, LIMITS } from '../../../src/imports/reading/sheet.ts'
import { readFile, toFile } from './helper.ts'

t.test('the delimiter is told by the header record, outside its quotes', async (t) => {
  for (const delimiter of [',', ';', '\t', '|']) {
    const { headers, cells } = await readFile(
      `First Name${delimiter}"a,b;c|d, e"${delimiter}Phone\r\nAnn${delimiter}${delimiter}1\r\n`
    )
    t.same(headers, ['First Name', 'a,b;c|d, e', 'Phone'])
    t.same(cells, [['Ann', '', '1']])
  }
  t.same((await readFile('First Name\nAnn\n')).cells, [['Ann']])
})

t.test('the line with which Excel names the separator is no row', async (t) => {
  for (const end of ['\r\n', '\n', '\r']) {
    const { headers, rows } = await readFile(`\ufeffsep=;${end}First Name;Phone${end}Ann, dear;1`)
    t.same(headers, ['First Name', 'Phone'])
    t.same(rows, [{ number: 2, cells: ['Ann, dear', '1'] }])
  }
})

t.test('lines end as they may, also each in another way', async (t) => {
  for (const end of ['\r\n', '\n', '\r']) {
    const { rows } = await readFile(['First Name,Phone', 'Ann,1', '', 'Bob,2', ''].join(end))
    t.same(rows, [
      { number: 2, cells: ['Ann', '1'] },
      { number: 3, cells: [] },
      { number: 4, cells: ['Bob', '2'] }
    ])
  }
  t.same((await readFile('a,b\r1,2\n3,4\r\n5,6')).cells, [
    ['1', '2'],
    ['3', '4'],
    ['5', '6']
  ])
})

t.test('quotes hold line ends, delimiters and quotes, and stand within a cell', async (t) => {
  const { rows } = await readFile(
    'First Name,Location\r\n"Ann\r\n""Nan"" Lee","High St, 5"\r\nBob "B" Lee,5" pipe\r\n"Cy" Lee,x\r\n'
  )
  t.same(rows, [
    { number: 2, cells: ['Ann\r\n"Nan" Lee', 'High St, 5'] },
    { number: 3, cells: ['Bob "B" Lee', '5" pipe'] },
    { number: 4, cells: ['"Cy" Lee', 'x'] }
  ])
})

t.test('a row may be shorter or longer than the headers, which may stand twice', async (t) => {
  const { headers, cells } = await readFile('\n,,\nFirst Name, Phone ,Phone,,\nAnn\nBob,1,2,3,4,,,\n')
  t.same(headers, ['First Name', 'Phone', 'Phone'])
  t.same(cells, [['Ann'], ['Bob', '1', '2', '3', '4']])
})

t.test('rows come in batches and count how far they are', async (t) => {
  const file = toFile(`First Name\n${'Ann\n'.repeat(BATCH * 2 + 1)}`, 100)
  const sheet = await openFile(file)
  const sizes: number[] = []
  for await (const batch of sheet.rows()) sizes.push(batch.length)
  t.same(sizes, [BATCH - 1, BATCH, 2])
  t.equal(sheet.readBytes(), file.size)
  for await (const batch of sheet.rows()) {
    t.equal(batch.length, BATCH - 1, 'again from the start, and no further')
    break
  }
})

t.test('headers alone are a file without rows; nothing at all is none', async (t) => {
  t.same((await readFile('First Name,Phone')).rows, [])
  for (const nothing of ['', '\ufeff', '\n\r\n', ' , ,\n,,\n', 'sep=;\n'])
    await t.rejects(readFile(nothing), /This file is empty/, JSON.stringify(nothing))
})

t.test('a quote that is never closed refuses the file and names the row', async (t) => {
  const rows = (count: number) => 'Ann,1\n'.repeat(count)
  const unclosed = (row: string) =>
    new UnreadableFile(
      `A cell in row ${row} starts with a quotation mark that is never closed, so it runs into the next rows. Close or delete the quotation mark, then upload the file again.`
    )
  const large = (text: string) => readFile(toFile(text, 65536))
  await t.rejects(large(`a,b\n${rows(8998)}"Bob,2\n${rows(9)}`), unclosed('9,000'))
  await t.rejects(large(`a,b\n${rows(8998)}"Bob,2\n"Cy",3\n${rows(9)}`), unclosed('9,000'))
  await t.rejects(
    readFile(toFile(`a,b\n${rows(8998)}"Bob,2\n${rows(900)}`, 65536), { recordBytes: 2000 }),
    /^Row 9,000 is too long/
  )
})

t.test('there is a limit to everything', async (t) => {
  await t.rejects(readFile('a\n1\n2\n3\n', { csvRows: 2 }), /^This file has more than 2 rows. Split it into several/)
  t.equal((await readFile('a\n1\n2\n', { csvRows: 2 })).rows.length, 2)
  await t.rejects(openFile({ ...toFile('a\n1'), size: LIMITS.csvBytes + 1 }), /larger than 200 MB. Split it/)
  await t.rejects(readFile('a,'.repeat(101)), /more than 100 columns/)
  t.equal((await readFile('a,'.repeat(100))).headers.length, 100)
  t.equal((await readFile(`a\n${'x'.repeat(10_000)}`)).cells[0]?.[0]?.length, 10_000)
})

t.test('rows beyond the most are refused as they come', async (t) => {
  const piece = Buffer.from('Ann\n'.repeat(16_000))
  const endless = {
    size: 1,
    async *stream() {
      for (let count = 0; count < 10; count++) yield piece
    }
  }
  await t.rejects(readFile(endless, { csvRows: 100_000 }), /more than 100,000 rows/)
})

t.test('a NUL stays in its cell', async (t) => {
  t.same((await readFile('First Name,Phone\nAn\0n,1\n')).cells, [['An\0n', '1']])
})
