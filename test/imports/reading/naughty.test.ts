import { createRequire } from 'node:module'
import { stringify } from 'csv-stringify/sync'
import fc from 'fast-check'
import t from 'tap'
import { HEADERS, reader, readFile, toFile, wrongOf } from './helper.ts'

const naughty: string[] = createRequire(import.meta.url)('big-list-of-naughty-strings')

t.test('no text is too naughty for any cell', async (t) => {
  for (const locale of ['en-US', 'ar-EG', 'ja-JP']) {
    const read = reader('US', locale)
    const rows = naughty.map((text) => read(text, text, text, text, text, text, text, text))
    t.ok(
      rows.every(({ passedOver, wrong }) => passedOver || wrong.length > 0),
      locale
    )
  }
  t.equal(wrongOf('First Name', "Robert'); DROP TABLE Students;--"), undefined)
  t.equal(reader()('<script>alert(1)</script>', '', '', 'a@b.co').firstName, '<script>alert(1)</script>')
})

t.test('nor for a file', async (t) => {
  const rows = naughty.map((text) => [text, 'Lee', '', 'a@b.co'])
  const { cells } = await readFile(toFile(stringify([HEADERS, ...rows]), 100))
  t.same(cells, rows)
})

t.test('a formula made harmless comes back as it was', async (t) => {
  const formulas = ['=1+1', '+1', '-1', '@SUM(A1)', '=HYPERLINK("x")', "'t Hooft"]
  const written = stringify([HEADERS, ...formulas.map((text) => [text, '', '', 'a@b.co'])], {
    escape_formulas: true,
    bom: true
  })
  const { cells } = await readFile(written)
  const read = reader()
  t.same(
    cells.map((row) => read(...row).firstName),
    formulas
  )
})

t.test('anything at all', async () => {
  const read = reader()
  const unit = fc.oneof(fc.integer({ min: 0, max: 0x7f }), fc.integer({ min: 0, max: 0xffff }))
  const cell = fc.array(unit, { maxLength: 60 }).map((units) => String.fromCharCode(...units))
  fc.assert(
    fc.property(fc.array(cell, { maxLength: 9 }), (cells) => {
      const row = read(...cells)
      return row.cells.every((one) => one.isWellFormed() && !one.includes('\0'))
    }),
    { numRuns: 500 }
  )
})

t.test('no cell takes longer than it is long', async (t) => {
  const read = reader()
  const gaps = [' ', '\t', '\n', '\u00a0', '\u200b', '-', "'", '.'].map((gap) => gap.repeat(32_000))
  const cells = gaps.flatMap((gap) => [gap, `x${gap}x`, `é${gap}x`, `1${gap}`, `="${gap}`])
  const start = performance.now()
  for (const cell of cells) read(cell, cell, cell, cell, cell, cell, cell)
  await readFile(toFile(`a,b\n${'"""'}${'\n'.repeat(100_000)}",2`, 65_536))
  await t.rejects(readFile(toFile('\n'.repeat(100_000), 65_536)))
  t.ok(performance.now() - start < 30_000, 'where a pattern that goes back takes minutes')
})
