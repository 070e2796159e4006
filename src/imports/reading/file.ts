import { openCsv } from './csv.ts'
import { tellKind, whyNotReadable } from './kind.ts'
import { type FileBytes, LIMITS, type Limits, NOTHING, type Sheet, UnreadableFile } from './sheet.ts'

export { type FileBytes, type RawRow, type Sheet, UnreadableFile } from './sheet.ts'

const HEAD = 64 * 1024

/** Opens a file by its content, whatever its name says. */
export async function openFile(file: FileBytes, limits: Limits = LIMITS): Promise<Sheet> {
  const head = await readHead(file)
  if (head.length === 0) throw new UnreadableFile(NOTHING)
  const kind = tellKind(head)
  if (kind === 'zip') return openArchive(file, limits)
  if (kind !== 'text') throw new UnreadableFile(whyNotReadable(kind))
  return openCsv(file, head, limits)
}

/** The reader of workbooks is imported only when the first one is opened. */
async function openArchive(file: FileBytes, limits: Limits): Promise<Sheet> {
  const { openXlsx } = await import('./xlsx.ts')
  return openXlsx(file, limits)
}

async function readHead(file: FileBytes): Promise<Buffer> {
  const chunks: Buffer[] = []
  let length = 0
  for await (const chunk of file.stream()) {
    chunks.push(chunk)
    length += chunk.length
    if (length >= HEAD) break
  }
  return Buffer.concat(chunks).subarray(0, HEAD)
}
