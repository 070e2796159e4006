import { fork } from 'node:child_process'
import { execArgv } from 'node:process'
import { sql } from 'kysely'
import type { Em, Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Retailer } from '../retailer/retailer.ts'
import type { FileImport } from './file-import.ts'
import { UnreadableFile } from './reading/file.ts'
import type { Said, Told } from './reading-process.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** Read in less time than a process needs to begin. */
const SMALL_BYTES = 256 * 1024
/** In MB. With a small young generation, what has been read is let go of soon, its buffers too. */
const LIMITS = ['--max-old-space-size=96', '--max-semi-space-size=1']

/** Reads an uploaded file into `import_row` (see staging.ts). */
export async function readUpload(
  orm: Orm,
  file: FileImport,
  { country, locale }: Retailer,
  today: string
): Promise<void> {
  const { id: importId, size, mapping } = file
  const task = { importId, size, mapping, readsGroups: file.isIntoNamed, country, locale, today }
  const em = orm.em.fork()
  if (size > SMALL_BYTES || (await isArchive(em, importId))) return readApart(orm, task)
  return readFile(await em.getConnection().getNativeClient(), task)
}

/** Small as it is, it may unpack to anything. */
async function isArchive(em: Em, importId: number): Promise<boolean> {
  const found = await row(
    em,
    sql<{
      is: boolean
    }>`select substring(bytes for 2) = 'PK'::bytea as is from import_chunk where import_id = ${importId} and number = 0`
  )
  return found?.is ?? false
}

/**
 * In a process of its own: a large file keeps no page waiting, a malicious one ends that process and nothing else, and what
 * reading took of memory is given back. A thread left up to 40 MB behind, as the C library keeps what it has once had.
 */
async function readApart(orm: Orm, task: ReadingTask): Promise<void> {
  const reader = fork(new URL('./reading-process.ts', import.meta.url), {
    execArgv: [...execArgv, ...LIMITS],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
  const said = Promise.withResolvers<Said>()
  reader.once('message', said.resolve)
  reader.once('error', said.reject)
  reader.once('exit', (code, signal) => said.resolve(lastWords(code, signal)))
  reader.send({ url: orm.config.get('clientUrl'), task } satisfies Told)
  const { unreadable, error, code } = await said.promise
  if (unreadable !== undefined) throw new UnreadableFile(unreadable)
  if (error !== undefined) throw Object.assign(new Error(`A file could not be read: ${error}`), { code })
}

/** V8 ends a process that needs more memory than it may have. */
function lastWords(code: number | null, signal: string | null): Said {
  if (signal === 'SIGABRT' || code === ABORTED) return { unreadable: TOO_COMPLICATED }
  return { error: `its process ended with ${signal ?? code}` }
}

/** 128 and the signal's number, as a shell would say it. */
const ABORTED = 134
const TOO_COMPLICATED = 'This file is too complicated to read. Save it as CSV and upload that.'
