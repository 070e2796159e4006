import { crc32, deflateRawSync } from 'node:zlib'
import { type FileBytes, openFile, type RawRow } from '../../../src/imports/reading/file.ts'
import { guessMapping } from '../../../src/imports/reading/headers.ts'
import { createRowReader, type ReadRow } from '../../../src/imports/reading/row.ts'
import { LIMITS } from '../../../src/imports/reading/sheet.ts'

/** In small pieces, so that whatever can be cut in two is. */
export function toFile(content: string | Uint8Array, piece = 7): FileBytes {
  const bytes = Buffer.from(content as Uint8Array)
  return {
    size: bytes.length,
    async *stream(start = 0) {
      for (let at = start; at < bytes.length; at += piece) yield bytes.subarray(at, at + piece)
    }
  }
}

export async function readFile(content: string | Uint8Array | FileBytes, limits: Partial<typeof LIMITS> = {}) {
  const file = typeof content === 'string' || content instanceof Uint8Array ? toFile(content) : content
  const sheet = await openFile(file, { ...LIMITS, ...limits })
  const rows: RawRow[] = []
  for await (const batch of sheet.rows()) rows.push(...batch)
  return { sheet, headers: sheet.headers, rows, cells: rows.map(({ cells }) => cells) }
}

export const HEADERS = ['First Name', 'Last Name', 'Phone', 'Email', 'Birth Date', 'Gender', 'Location', 'Company']
export const TODAY = '2026-11-27'

export function reader(country = 'SG', locale = 'en-SG', headers = HEADERS) {
  const read = createRowReader(headers, guessMapping(headers).mapping, { country, locale }, TODAY)
  return (...cells: string[]): ReadRow => read({ number: 2, cells })
}

/** What is wrong with a cell, of a row that is fine but for it. */
export function wrongOf(field: string, cell: string, country?: string, locale?: string): string | undefined {
  const headers = [...HEADERS, 'Row']
  const at = headers.indexOf(field)
  const cells = ['Ann', 'Lee', '+65 9123 4567', 'ann@example.org', '', '', '', '', ''].with(at, cell)
  return reader(country, locale, headers)(...cells).wrong.find(({ column }) => column === at)?.message
}

export interface Part {
  name: string
  content: string | Buffer
  /** What the archive says of its size, true or not. */
  size?: number
}

export function zip(parts: Part[]): Buffer {
  const [files, directory]: [Buffer[], Buffer[]] = [[], []]
  let offset = 0
  for (const { name, content, size } of parts) {
    const bytes = Buffer.from(content)
    const packed = deflateRawSync(bytes)
    const rest = Buffer.alloc(26)
    rest.writeUInt16LE(20, 0)
    rest.writeUInt16LE(8, 4)
    rest.writeUInt32LE(crc32(bytes), 10)
    rest.writeUInt32LE(packed.length, 14)
    rest.writeUInt32LE(size ?? bytes.length, 18)
    rest.writeUInt16LE(Buffer.byteLength(name), 22)
    const local = Buffer.concat([Buffer.from('PK\x03\x04'), rest, Buffer.from(name), packed])
    const place = Buffer.alloc(14)
    place.writeUInt32LE(offset, 10)
    directory.push(Buffer.concat([Buffer.from('PK\x01\x02\x14\x00'), rest, place, Buffer.from(name)]))
    files.push(local)
    offset += local.length
  }
  const central = Buffer.concat(directory)
  const end = Buffer.alloc(18)
  end.writeUInt16LE(parts.length, 4)
  end.writeUInt16LE(parts.length, 6)
  end.writeUInt32LE(central.length, 8)
  end.writeUInt32LE(offset, 12)
  return Buffer.concat([...files, central, Buffer.from('PK\x05\x06'), end])
}

const MAIN = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
const RELATIONS = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'

interface Parts {
  /** The XML within <sheetData> of each sheet. */
  sheets?: string[]
  strings?: string
  styles?: string
  workbook?: string
  states?: string[]
}

/** A workbook by hand, for what no library would write. */
export function workbook({ sheets = [''], strings = '', styles = '', workbook = '', states = [] }: Parts): Part[] {
  const relation = (id: string, type: string, target: string) =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${type}" Target="${target}"/>`
  const all = (content: string) => `<?xml version="1.0"?><Relationships>${content}</Relationships>`
  const listed = sheets.map(
    (_, at) => `<sheet name="S${at}" sheetId="${at + 1}" state="${states[at] ?? 'visible'}" r:id="r${at}"/>`
  )
  return [
    { name: '_rels/.rels', content: all(relation('r1', 'officeDocument', 'xl/workbook.xml')) },
    {
      name: 'xl/workbook.xml',
      content: `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${workbook}<sheets>${listed.join('')}</sheets></workbook>`
    },
    {
      name: 'xl/_rels/workbook.xml.rels',
      content: all(
        sheets.map((_, at) => relation(`r${at}`, 'worksheet', `worksheets/sheet${at + 1}.xml`)).join('') +
          relation('s', 'sharedStrings', 'sharedStrings.xml') +
          relation('t', 'styles', '/xl/styles.xml')
      )
    },
    { name: 'xl/sharedStrings.xml', content: `<sst xmlns="${MAIN}">${strings}</sst>` },
    { name: 'xl/styles.xml', content: `<styleSheet xmlns="${MAIN}">${styles}</styleSheet>` },
    ...sheets.map((rows, at) => ({
      name: `xl/worksheets/sheet${at + 1}.xml`,
      content: `<worksheet xmlns="${MAIN}"><sheetData>${rows}</sheetData></worksheet>`
    }))
  ]
}
