import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { StartError } from '../config.ts'
import { explainConnectionError } from './refused.ts'

/** An arbitrary number, which must be the same in every process that migrates. */
const MIGRATION_LOCK = 7_243_901

/** How long to wait, in ms. */
export interface MigrationPatience {
  /** For another process that is migrating. */
  withOther: number
  lookEvery: number
  /** For a database that does not answer. */
  withDatabase: number
}

const PATIENCE: MigrationPatience = { withOther: 5 * 60_000, lookEvery: 500, withDatabase: 30_000 }

/**
 * Does work that only one process at a time may do. The lock belongs to a transaction: a connection pooler leaves that
 * on its connection, and a lost connection ends it. If the database stops answering on that connection, the work is
 * given up, however long its own statements may take.
 */
export async function underLock(
  url: string,
  work: (lock: pg.Client) => Promise<void>,
  patience: MigrationPatience = PATIENCE
): Promise<void> {
  const lock = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000, keepAlive: true })
  lock.on('error', () => {})
  await lock.connect().catch(explainConnectionError)
  const done = new AbortController()
  try {
    await takeLock(lock, patience)
    const working = work(lock)
    working.catch(() => {})
    await Promise.race([working, watchLock(lock, patience, done.signal).then(() => working)])
    await answerInTime(lock, 'commit', patience)
    await lock.end()
  } finally {
    done.abort()
    lock.connection.stream.destroy()
  }
}

async function takeLock(lock: pg.Client, patience: MigrationPatience): Promise<void> {
  await answerInTime(lock, 'begin', patience)
  // watchLock() keeps this transaction from being idle. If the process vanishes, the timeout releases the lock.
  await answerInTime(lock, `set local idle_in_transaction_session_timeout = ${4 * patience.withDatabase}`, patience)
  for (const until = Date.now() + patience.withOther; Date.now() < until; await sleep(patience.lookEvery)) {
    const [row] = await answerInTime(lock, `select pg_try_advisory_xact_lock(${MIGRATION_LOCK}) as held`, patience)
    if (row?.held) return
  }
  throw new StartError(
    'Another process has been bringing this database up to date for minutes. Wait until it is done, then start again.'
  )
}

/** Resolves when `done` is aborted; rejects as soon as the database does not answer. */
async function watchLock(lock: pg.Client, patience: MigrationPatience, done: AbortSignal): Promise<void> {
  while (!done.aborted) {
    await sleep(patience.withDatabase / 2, undefined, { signal: done }).catch(() => {})
    if (!done.aborted) await answerInTime(lock, 'select 1', patience)
  }
}

async function answerInTime(
  lock: pg.Client,
  query: string,
  { withDatabase }: MigrationPatience
): Promise<{ held?: boolean }[]> {
  const asked = lock.query(query)
  asked.catch(() => {})
  const late = sleep(withDatabase, null, { ref: false })
  const answer = await Promise.race([asked.catch(() => null), late])
  if (answer) return answer.rows
  throw new StartError('The database does not answer. Start again when it does; nothing is left half done.')
}
