import { writeXlsx } from 'hucre/xlsx'
import t from 'tap'
import { openFile } from '../../../src/imports/reading/file.ts'
import { readFile, toFile, workbook, zip } from './helper.ts'

const inline = (...texts: string[]) =>
  `<row>${texts.map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`

t.test('a workbook as a library writes it', async (t) => {
  const bytes = await writeXlsx({
    sheets: [
      { name: 'Empty', rows: [] },
      {
        name: 'Customers',
        rows: [
          [],
          ['First Name', ' Phone ', 'Birth Date', 'VIP', 'Spent'],
          ['José', 6591234567, new Date('1984-02-29T00:00:00Z'), true, 12.5],
          [],
          ['李雷', '+65 9123 4567', null, false, -0.1 - 0.2]
        ],
        columns: [{}, {}, { numFmt: 'dd/mm/yyyy' }]
      }
    ]
  })
  const { sheet, headers, rows } = await readFile(toFile(bytes, 1000))
  t.equal(sheet.kind, 'xlsx')
  t.same(headers, ['First Name', 'Phone', 'Birth Date', 'VIP', 'Spent'])
  t.same(rows, [
    { number: 3, cells: ['José', '6591234567', '1984-02-29', 'TRUE', '12.5'] },
    { number: 5, cells: ['李雷', '+65 9123 4567', '', 'FALSE', '-0.3'] }
  ])
  t.equal(sheet.readBytes(), bytes.length)
})

t.test('cells of every type', async (t) => {
  const strings =
    '<si><t>Name</t></si><si><r><rPr><b/></rPr><t>An</t></r><r><t xml:space="preserve">n </t></r><rPh sb="0" eb="1"><t>x</t></rPh></si>'
  const formats =
    '<numFmts><numFmt numFmtId="164" formatCode="00000000"/><numFmt numFmtId="165" formatCode="&quot;+&quot;0"/><numFmt numFmtId="166" formatCode="[$-409]d\\ mmm\\ yyyy;@"/><numFmt numFmtId="167" formatCode="[Red]#,##0.00"/></numFmts>'
  const styles = `${formats}<cellStyleXfs><xf numFmtId="14"/></cellStyleXfs><cellXfs>${[0, 14, 164, 165, 166, 22, 167].map((id) => `<xf numFmtId="${id}"/>`).join('')}</cellXfs>`
  const rows = `<row r="3"><c r="B3" t="s"><v>0</v></c></row>
    <row r="7" spans="1:9"><c r="A7" t="s"><v>1</v></c><c r="C7"><v>6.591234567E9</v></c><c r="D7" s="1"><v>30741</v></c>
    <c r="E7" s="2"><v>123</v></c><c r="F7" s="3"><v>6591234567</v></c><c r="G7" s="4"><v>30741.75</v></c><c r="H7" s="5"><v>30741.5</v></c>
    <c r="I7" t="str"><f>A1&amp;B1</f><v>both_x000A_lines</v></c><c r="J7" t="e"><f>1/0</f><v>#DIV/0!</v></c><c r="K7"><f>1+1</f><v>2</v></c>
    <c r="L7" t="d"><v>1984-02-29T00:00:00</v></c><c r="M7" s="6"><v>0.30000000000000004</v></c><c r="N7"><v>12345678901234567890123</v></c><c r="O7"><f>NOW()</f></c></row>`
  const { headers, rows: read } = await readFile(zip(workbook({ sheets: ['', rows], strings, styles })))
  t.same(headers, ['', 'Name'])
  t.same(read, [
    {
      number: 7,
      cells: [
        'Ann ',
        '',
        '6591234567',
        '1984-02-29',
        '00000123',
        '+6591234567',
        '1984-02-29',
        '1984-02-29',
        'both\nlines',
        '#DIV/0!',
        '2',
        '1984-02-29',
        '0.3',
        '12345678901234600000000'
      ]
    }
  ])
})

t.test('the calendar of old Macs', async (t) => {
  const styles = '<cellXfs><xf numFmtId="0"/><xf numFmtId="14"/></cellXfs>'
  const rows = '<row><c t="inlineStr"><is><t>Born</t></is></c></row><row><c s="1"><v>29279</v></c></row>'
  const parts = workbook({ sheets: [rows], styles, workbook: '<workbookPr date1904="1"/>' })
  t.same((await readFile(zip(parts))).cells, [['1984-02-29']])
})

t.test('prefixes, comments and CDATA in the XML, and a sheet that is hidden', async (t) => {
  const rows = '<x:row xmlns:x="x"><!-- <c> --><x:c t="inlineStr"><x:is><x:t><![CDATA[a<b]]></x:t></x:is></x:c></x:row>'
  const { headers } = await readFile(zip(workbook({ sheets: [inline('hidden'), rows], states: ['veryHidden'] })))
  t.same(headers, ['a<b'])
})

t.test('there is a limit to everything', async (t) => {
  const many = zip(workbook({ sheets: [inline('Name') + inline('Ann').repeat(11)] }))
  await t.rejects(readFile(many, { xlsxRows: 10 }), /up to 10 rows, and this one has more. Save it as CSV/)
  t.equal((await readFile(many, { xlsxRows: 11 })).rows.length, 11)
  await t.rejects(readFile(many, { xlsxBytes: 100 }), /^An Excel file can have up to/)
  await t.rejects(readFile(zip(workbook({ sheets: [inline(...'a'.repeat(101))] }))), /more than 100 columns/)
  await t.rejects(readFile(zip(workbook({ sheets: ['', ''] }))), /This file is empty/)
})

t.test('a bomb goes off in nobody’s face', async (t) => {
  const bomb = workbook({ sheets: [inline('Name') + inline('Ann'.repeat(1000)).repeat(1000)] })
  await t.rejects(readFile(zip(bomb), { unpackedBytes: 1_000_000 }), /can have up to 20 MB/)
  const lying = bomb.map((part) => ({ ...part, size: 1000 }))
  await t.rejects(readFile(zip(lying)), /damaged/)
  const sheet = (content: string) => zip(workbook({ sheets: [content] }))
  await t.rejects(readFile(sheet('<a>'.repeat(5000) + '</a>'.repeat(5000))), /damaged/)
  await t.rejects(
    readFile(sheet(`<row><c t="inlineStr"><is><t>${'x'.repeat(3_000_000)}</t></is></c></row>`)),
    /damaged/
  )
  await t.rejects(readFile(sheet(`<!--${'x'.repeat(3_000_000)}-->${inline('a')}`)), /damaged/)
  await t.rejects(readFile(sheet('<row><c r="ZZZZZ1"><v>1</v></c></row>')), /damaged/)
  await t.rejects(readFile(sheet('<row><c><v>1</v></row>')), /damaged/)
  await t.rejects(readFile(sheet(`${inline('a')}<row r="x"><c><v>1</v></c></row>`)), /damaged/)
})

t.test('entities are not expanded and files outside never opened', async (t) => {
  const parts = workbook({ sheets: [inline('&lol;')] })
  const declared = parts.map(({ name, content }) => ({
    name,
    content: name.includes('sheet1') ? `<!DOCTYPE x [<!ENTITY lol SYSTEM "file:///etc/passwd">]>${content}` : content
  }))
  await t.rejects(readFile(zip(declared)), /damaged/)
  const outside = workbook({ sheets: [inline('a')] }).map(({ name, content }) => ({
    name,
    content: String(content).replace('worksheets/sheet1.xml', '../../../../etc/passwd')
  }))
  await t.rejects(readFile(zip(outside)))
})

t.test('whoever stops early leaves nothing behind', async (t) => {
  const sheet = await openFile(toFile(zip(workbook({ sheets: [inline('Name') + inline('Ann').repeat(5000)] })), 1000))
  for await (const [row] of sheet.rows()) {
    t.same(row, { number: 2, cells: ['Ann'] })
    break
  }
})
