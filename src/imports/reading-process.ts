import pg from 'pg'
import { cutBusy, endWithConnection } from '../db/connections.ts'
import { errorForLog } from '../lib/logged-error.ts'
import { UnreadableFile } from './reading/file.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** The one message that the process gets. */
export interface ReadingRequest {
  url: string
  task: ReadingTask
}

/** The last message of the process: nothing, the reason why the file can't be read, or an error that occurred. */
export interface ReadingResult {
  unreadable?: string
  error?: string
  /** The error's code in PostgreSQL. */
  code?: unknown
}

process.once('message', async (told: ReadingRequest) => {
  process.send?.(await read(told), () => process.disconnect())
})
// The parent process is gone, by a signal or by `kill -9`, and another process may want to read the file.
process.once('disconnect', () => process.exit())
// Ctrl-C reaches all processes of a terminal. This one ends with the server.
process.on('SIGINT', () => {})

/** The longest query that runs here looks through the rows that were read. Their COPY has a deadline of its own. */
const LONGEST_MS = 60_000

async function read({ url, task }: ReadingRequest): Promise<ReadingResult> {
  // One connection writes the rows; the other reads the file and reports progress.
  const pool = new pg.Pool({
    connectionString: url,
    max: 2,
    onConnect: endWithConnection,
    application_name: 'clientele import',
    connectionTimeoutMillis: 5_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    query_timeout: LONGEST_MS
  })
  pool.on('error', () => {})
  cutBusy(pool)
  try {
    await readFile(pool, task)
    return {}
  } catch (error) {
    if (error instanceof UnreadableFile) return { unreadable: error.message }
    const { stack, code } = errorForLog(error)
    return { error: stack, code }
  } finally {
    await pool.end()
  }
}
