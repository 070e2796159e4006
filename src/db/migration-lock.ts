import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../config.ts'
import { explainRefused } from './refused.ts'

/** Any number; the same for every process that migrates. */
const MIGRATION_LOCK = 7_243_901

/** In ms. */
export interface Patience {
  /** With another process that migrates. */
  withOther: number
  lookEvery: number
  /** With a database that does not answer. */
  withDatabase: number
}

const PATIENCE: Patience = { withOther: 5 * 60_000, lookEvery: 500, withDatabase: 30_000 }

/**
 * Does work that one process at a time may do. The lock is a transaction's, which a pooler leaves with its connection, and which
 * ends if that is lost; and a database that no longer answers there ends the work, however long its statements may take.
 */
export async function underLock(
  url: string,
  work: (lock: pg.Client) => Promise<void>,
  patience: Patience = PATIENCE
): Promise<void> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
  lock.on('error', () => {})
  await lock.connect().catch(explainRefused)
  const done = new AbortController()
  try {
    await take(lock, patience)
    const working = work(lock)
    working.catch(() => {})
    await Promise.race([working, watch(lock, patience, done.signal).then(() => working)])
    await answered(lock, 'commit', patience)
    await lock.end()
  } finally {
    done.abort()
    lock.connection.stream.destroy()
  }
}

async function take(lock: pg.Client, patience: Patience): Promise<void> {
  await answered(lock, 'begin', patience)
  // Kept awake by watch(); a process that is gone without a word lets go.
  await answered(lock, `set local idle_in_transaction_session_timeout = ${4 * patience.withDatabase}`, patience)
  for (const until = Date.now() + patience.withOther; Date.now() < until; await sleep(patience.lookEvery)) {
    const [row] = await answered(lock, `select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as held`, patience)
    if (row?.held) return
  }
  throw new StartError(
    'Another process has been bringing this database up to date for minutes. Wait until it is done, then start again.'
  )
}

/** Until it is done; throws as soon as the database does not answer. */
async function watch(lock: pg.Client, patience: Patience, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await sleep(patience.withDatabase / 2, undefined, { signal: done }).catch(() => {})
    if (!done.aborted) await answered(lock, 'select 1', patience)
  }
}

async function answered(lock: pg.Client, query: string, { withDatabase }: Patience): Promise<{ held?: boolean }[]> {
  const asked = lock.query(query)
  asked.catch(() => {})
  const late = sleep(withDatabase, null, { ref: false })
  const answer = await Promise.race([asked.catch(() => null), late])
  if (answer) return answer.rows
  throw new StartError('The database does not answer. Start again when it does; nothing is left half done.')
}
