import { Worker } from 'node:worker_threads'
import type { Orm } from '../db/orm.ts'
import type { Retailer } from '../retailer/retailer.ts'
import type { FileImport } from './file-import.ts'
import { UnreadableFile } from './reading/file.ts'

/** In MB; a file that needs more ends its thread and nothing else. */
const LIMITS = { maxOldGenerationSizeMb: 96, maxYoungGenerationSizeMb: 8 }

/**
 * Reads a file apart from everything else that this process does: a large one keeps no page waiting, and a malicious one
 * harms nobody.
 */
export async function readInThread(
  orm: Orm,
  { id: importId, size, mapping }: FileImport,
  { country, locale }: Retailer,
  today: string
): Promise<void> {
  const task = { importId, size, mapping, country, locale, today }
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
