import pg from 'pg'
import { cutBusy, endWithConnection } from '../db/connections.ts'
import { errorForLog } from '../lib/logged-error.ts'
import { UnreadableFile } from './reading/file.ts'
import { type ReadingTask, readFile } from './staging.ts'

/** What it is told, once. */
export interface Told {
  url: string
  task: ReadingTask
}

/** What it says at its end: nothing, why the file can't be read, or what went wrong while it was. */
export interface Said {
  unreadable?: string
  error?: string
  /** PostgreSQL's, of the error. */
  code?: unknown
}

process.once('message', async (told: Told) => {
  process.send?.(await read(told), () => process.disconnect())
})
// Whoever asked is gone, by a signal or by `kill -9`, and another process may want to read the file.
process.once('disconnect', () => process.exit())
// Ctrl-C reaches all processes of a terminal; this one ends with the server.
process.on('SIGINT', () => {})

/** Of whatever is asked here, the longest is to look through the rows that were read; their COPY has a deadline of its own. */
const LONGEST_MS = 60_000

async function read({ url, task }: Told): Promise<Said> {
  // One connection to write the rows, one to read the file and to say how far it is.
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
