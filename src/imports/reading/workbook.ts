import { posix } from 'node:path'
import { type Allowance, Archive } from './archive.ts'
import { readNumberFormats } from './number-format.ts'
import { readSharedStrings, SharedStrings } from './shared-strings.ts'
import type { FileBytes } from './sheet.ts'
import { type Attributes, readWholeXml } from './xml.ts'

export interface Workbook {
  archive: Archive
  /** The worksheets' names in the archive, visible ones first. */
  sheets: string[]
  strings: SharedStrings
  /** The number format of each cell style. */
  formats: string[]
  is1904: boolean
}

export class NoWorkbook extends Error {}

interface Relation {
  id: string
  type: string
  target: string
}

export async function openWorkbook(file: FileBytes, allowance: Allowance): Promise<Workbook> {
  const archive = await Archive.open(file)
  if (!archive.has('_rels/.rels')) throw new NoWorkbook()
  const root = await relationsOf(archive, '', allowance)
  const path = root.find(({ type }) => type === 'officeDocument')?.target
  if (!path || !archive.has(path)) throw new NoWorkbook()
  if (!/xml$/i.test(path) || !/(^|\/)xl\//i.test(path)) throw new NoWorkbook()

  const relations = await relationsOf(archive, path, allowance)
  const partOf = (type: string) => relations.find((one) => one.type === type && archive.has(one.target))?.target
  const { sheets, is1904 } = await readSheets(archive, path, allowance)
  const [strings, styles] = [partOf('sharedStrings'), partOf('styles')]
  return {
    archive,
    sheets: sheets.flatMap((id) => {
      const found = relations.find((one) => one.id === id && one.type === 'worksheet')
      return found ? [found.target] : []
    }),
    strings: strings ? await readSharedStrings(archive.unpack(strings, allowance)) : new SharedStrings(),
    formats: styles ? await readNumberFormats(archive.unpack(styles, allowance)) : [],
    is1904
  }
}

/** The relations of a part, or of the archive itself. Relations to files outside the archive are ignored. */
async function relationsOf(archive: Archive, part: string, allowance: Allowance): Promise<Relation[]> {
  const directory = part ? posix.dirname(part) : ''
  const name = posix.join(directory, '_rels', `${part ? posix.basename(part) : ''}.rels`)
  const relations: Relation[] = []
  if (!archive.has(name)) return relations
  await readWholeXml(archive.unpack(name, allowance), {
    open(tag, { Id = '', Type = '', Target = '', TargetMode }) {
      if (tag !== 'Relationship' || TargetMode === 'External') return
      const target = posix.resolve('/', directory, Target).slice(1)
      relations.push({ id: Id, type: Type.slice(Type.lastIndexOf('/') + 1), target })
    }
  })
  return relations
}

async function readSheets(archive: Archive, path: string, allowance: Allowance) {
  const [shown, hidden]: [string[], string[]] = [[], []]
  let is1904 = false
  await readWholeXml(archive.unpack(path, allowance), {
    open(tag, attributes) {
      if (tag === 'workbookPr') is1904 = ['1', 'true'].includes(attributes.date1904 ?? '')
      if (tag === 'sheet') (attributes.state?.toLowerCase().includes('hidden') ? hidden : shown).push(idOf(attributes))
    }
  })
  return { sheets: [...shown, ...hidden], is1904 }
}

function idOf(attributes: Attributes): string {
  const name = Object.keys(attributes).find((name) => name.endsWith(':id'))
  return (name && attributes[name]) ?? ''
}
