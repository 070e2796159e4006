import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import type { Em, Orm } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Retailer } from '../retailer/retailer.ts'
import type { FileImport } from './file-import.ts'
import { UnreadableFile } from './reading/file.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** Read in less time than a thread needs to begin. */
const SMALL_BYTES = 256 * 1024
/**
 * In MB; a file that needs more ends its thread and nothing else. With a small young generation, what has been read is let go
 * of soon, its buffers too.
 */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 3 }

/** Reads an uploaded file into `import_row` (see staging.ts). */
export async function readUpload(
  orm: Orm,
  { id: importId, size, mapping }: FileImport,
  { country, locale }: Retailer,
  today: string
): Promise<void> {
  const task = { importId, size, mapping, country, locale, today }
  const em = orm.em.fork()
  if (size > SMALL_BYTES || (await isArchive(em, importId))) return readInThread(orm, task)
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

/** Apart from everything else that this process does: a large file keeps no page waiting, a malicious one harms nobody. */
async function readInThread(orm: Orm, task: ReadingTask): Promise<void> {
  const thread = new Worker(new URL('./reading-thread.ts', import.meta.url), {
    workerData: { url: orm.config.get('clientUrl'), task },
    resourceLimits: LIMITS
  })
  const said = Promise.withResolvers<string | null>()
  thread.once('message', said.resolve)
  thread.once('error', said.reject)
  thread.once('exit', () => said.reject(new Error('A thread ended without a word')))
  const failure = await said.promise.catch(refuseTooComplicated)
  if (failure !== null) throw new UnreadableFile(failure)
}

function refuseTooComplicated(error: unknown): string {
  if (error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY')
    return 'This file is too complicated to be read. Save it as CSV and upload that.'
  throw error
}
