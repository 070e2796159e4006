import { fork } from 'node:child_process'
import { execArgv } from 'node:process'
import { sql } from 'kysely'
import type { Em, Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Retailer } from '../retailer/retailer.ts'
import type { FileImport } from './file-import.ts'
import { UnreadableFile } from './reading/file.ts'
import type { ReadingRequest, ReadingResult } from './reading-process.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** A file of this size is read in less time than a process needs to start. */
const SMALL_BYTES = 256 * 1024
/** Limits in MB. A small young generation makes V8 release what has been read, with its buffers, soon. */
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
  if (size > SMALL_BYTES || (await isArchive(em, importId))) return readInProcess(orm, task)
  return readFile(await em.getConnection().getNativeClient(), task)
}

/** A small archive may unpack to any size. */
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
 * Reads the file in a process of its own. A large file then doesn't slow down pages, a malicious one ends only that
 * process, and its memory is given back. A thread left up to 40 MB behind, because the C library keeps memory that it
 * once had.
 */
async function readInProcess(orm: Orm, task: ReadingTask): Promise<void> {
  const reader = fork(new URL('./reading-process.ts', import.meta.url), {
    execArgv: [...execArgv, ...LIMITS],
    stdio: ['ignore', 'ignore', 'ignore', 'ipc']
  })
  const said = Promise.withResolvers<ReadingResult>()
  reader.once('message', said.resolve)
  reader.once('error', said.reject)
  reader.once('exit', (code, signal) => said.resolve(resultOfExit(code, signal)))
  reader.send({ url: orm.config.get('clientUrl'), task } satisfies ReadingRequest)
  const { unreadable, error, code } = await said.promise
  if (unreadable !== undefined) throw new UnreadableFile(unreadable)
  if (error !== undefined) throw Object.assign(new Error(`A file could not be read: ${error}`), { code })
}

/** The message for a process that ended without one. V8 ends a process that needs more memory than it may have. */
function resultOfExit(code: number | null, signal: string | null): ReadingResult {
  if (signal === 'SIGABRT' || code === ABORTED) return { unreadable: TOO_COMPLICATED }
  return { error: `its process ended with ${signal ?? code}` }
}

/** An exit code as a shell reports it: 128 plus the number of the signal. */
const ABORTED = 134
const TOO_COMPLICATED = 'This file is too complicated to read. Save it as CSV and upload that.'
