import { parentPort, workerData } from 'node:worker_threads'
import pg from 'pg'
import { UnreadableFile } from './reading/file.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** What a thread is told, and what it says at its end: null, or why the file can't be read. */
const { url, task } = workerData as { url: string; task: ReadingTask }

// One to write the rows, one to read the file and to say how far it is.
const pool = new pg.Pool({ connectionString: url, max: 2, application_name: 'clientele import' })
pool.on('error', () => {})
try {
  await readFile(pool, task)
  parentPort?.postMessage(null)
} catch (error) {
  if (!(error instanceof UnreadableFile)) throw error
  parentPort?.postMessage(error.message)
} finally {
  await pool.end()
}
