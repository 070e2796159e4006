import t from 'tap'
import { readFile, workbook, zip } from './helper.ts'

t.test('what is no table is told what it is, whatever its name', async (t) => {
  const hex = (text: string) => Buffer.from(text, 'hex')
  const random = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7919) % 251))
  await t.rejects(readFile(hex('89504e470d0a1a0a0000000d49484452')), /^This is a picture, not a spreadsheet/)
  await t.rejects(readFile(hex('ffd8ffe000104a464946')), /^This is a picture/)
  await t.rejects(readFile('%PDF-1.7\n'), /^This is a PDF/)
  await t.rejects(
    readFile(hex(`d0cf11e0a1b11ae1${'00'.repeat(600)}`)),
    /Excel file has a password or is in the old XLS format/
  )
  await t.rejects(readFile('<!DOCTYPE html><table>'), /^This is a web page/)
  await t.rejects(readFile('\ufeff<?xml version="1.0"?><Workbook/>'), /^This is a web page or an XML file/)
  await t.rejects(readFile(random), /^This is not a spreadsheet or a text file/)
  await t.rejects(readFile(Buffer.alloc(1000)), /^This is not a spreadsheet or a text file/)
})

t.test('a ZIP without a workbook is told from a damaged one', async (t) => {
  await t.rejects(readFile(zip([{ name: 'photo.png', content: 'x' }])), /not an Excel file/)
  await t.rejects(
    readFile(
      zip([
        { name: 'mimetype', content: 'application/vnd.oasis' },
        { name: 'content.xml', content: '<a/>' }
      ])
    ),
    /not an Excel file/
  )
  await t.rejects(readFile(zip([])), /not an Excel file/)
  const whole = zip(workbook({ sheets: ['<row><c t="b"><v>1</v></c></row>'] }))
  await t.rejects(readFile(whole.subarray(0, whole.length - 30)), /damaged/)
  await t.rejects(readFile(Buffer.from('PK\x03\x04nothing of the kind')), /damaged/)
  const bent = Buffer.from(whole)
  bent.fill(0x55, 50, 90)
  await t.rejects(readFile(bent), /damaged/)
})
