import { setTimeout as sleep } from 'node:timers/promises'
import type pg from 'pg'
import { copyRows } from './copy-rows.ts'
import { openFile, type Sheet } from './reading/file.ts'
import { guessMapping, type Mapping } from './reading/headers.ts'
import { createRowReader } from './reading/row.ts'
import { openStored } from './stored-file.ts'

/**
 * The name of the lock that a process holds while it reads or checks an import. The lock's number is the import's id.
 */
export const IMPORT_LOCK = 'file import'

/** A file that waits to be read, and what is needed to read it. */
export interface ReadingTask {
  importId: number
  /** The file's size in bytes. */
  size: number
  /** Empty until somebody has said what each column holds. */
  mapping: Mapping
  /** True if a column of groups says which groups a row joins; otherwise it is ignored. */
  readsGroups: boolean
  country: string
  locale: string
  /** Today in the retailer's time zone, as YYYY-MM-DD. */
  today: string
}

/** The person who uploaded the file has cancelled the import. */
class Cancelled extends Error {}

const ROLLBACK_MS = 5_000
/** A transaction that copies rows is not idle, so only TCP's keepalives notice that the other machine is gone. */
const TAKE_TIME = `
  select set_config(name, value, true) from (values
    ('statement_timeout', '0'), ('lock_timeout', '0'), ('idle_in_transaction_session_timeout', '10min'),
    ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
  ) setting (name, value)`

/**
 * Reads an uploaded file into `import_row`, completely or not at all, or asks what each column holds. The file itself
 * is deleted in the same transaction. A second connection reports progress and notices a Cancel.
 */
export async function readFile(pool: pg.Pool, task: ReadingTask): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(TAKE_TIME)
    if (await hold(client, task.importId)) await readHeld(client, pool, task)
    await client.query('commit')
    client.release()
  } catch (error) {
    await releaseAborted(client)
    if (!(error instanceof Cancelled)) throw error
  }
}

/** Releases the connection after a rollback. If PostgreSQL doesn't answer at once, the connection is closed. */
async function releaseAborted(client: pg.PoolClient): Promise<void> {
  const rolledBack = client.query('rollback').then(
    () => true,
    () => false
  )
  const isDone = await Promise.race([rolledBack, sleep(ROLLBACK_MS, false, { ref: false })])
  client.release(!isDone)
}

async function readHeld(client: pg.PoolClient, pool: pg.Pool, task: ReadingTask): Promise<void> {
  const sheet = await openFile(openStored(pool, task.importId, task.size))
  const guess = guessMapping(sheet.headers, task.readsGroups ? 'read' : 'ignored')
  const isToldColumns = task.mapping.length > 0
  if (!isToldColumns && !guess.isSure) return ask(client, task.importId, sheet, guess.mapping)
  await stage(client, pool, task, sheet, isToldColumns ? task.mapping : guess.mapping)
}

const SAMPLES = 3
const SAMPLE_LENGTH = 40

async function ask(client: pg.PoolClient, importId: number, sheet: Sheet, mapping: Mapping): Promise<void> {
  const first = await sheet.rows().next()
  const samples = (first.done ? [] : first.value)
    .slice(0, SAMPLES)
    .map(({ cells }) =>
      cells.map((cell) => [...cell.replaceAll('\0', '')].slice(0, SAMPLE_LENGTH).join('').toWellFormed())
    )
  await client.query(
    `update file_import set state = 'asking-columns', headers = $2, mapping = $3, samples = $4 where id = $1 and state = 'reading'`,
    [importId, JSON.stringify(sheet.headers), JSON.stringify(mapping), JSON.stringify(samples)]
  )
}

async function hold(client: pg.PoolClient, importId: number): Promise<boolean> {
  const { rows } = await client.query<{ held: boolean }>('select pg_try_advisory_xact_lock(hashtext($2), $1) as held', [
    importId,
    IMPORT_LOCK
  ])
  if (!rows[0]?.held) return false
  // This is a second statement because the first one doesn't see what the lock's former holder committed.
  const { rowCount } = await client.query(`select from file_import where id = $1 and state = 'reading'`, [importId])
  return rowCount === 1
}

async function stage(client: pg.PoolClient, pool: pg.Pool, task: ReadingTask, sheet: Sheet, mapping: Mapping) {
  const { importId } = task
  await pool.query(
    'update import_progress set rows = 0, bytes = 0, begun_at = now(), tries = tries + 1 where import_id = $1',
    [importId]
  )
  await client.query('delete from import_row where import_id = $1', [importId])
  const reader = createRowReader(sheet.headers, mapping, task, task.today)
  await copyRows(client, importId, sheet, reader, (rows) => report(pool, importId, rows, sheet.readBytes()))
  await client.query('analyze import_row')
  const done = await client.query(
    `update file_import set state = 'checking', headers = $2, mapping = $3, samples = '[]' where id = $1 and state = 'reading'`,
    [importId, JSON.stringify(sheet.headers), JSON.stringify(mapping)]
  )
  if (done.rowCount === 0) throw new Cancelled()
  // This is the order in which the end of an import deletes too. In the opposite order, the two would wait for each
  // other.
  await client.query('delete from import_chunk where import_id = $1', [importId])
}

async function report(pool: pg.Pool, importId: number, rows: number, bytes: number): Promise<void> {
  const { rowCount } = await pool.query(
    `update import_progress set rows = $2, bytes = $3 where import_id = $1
      and exists (select from file_import where id = $1 and state = 'reading')`,
    [importId, rows, bytes]
  )
  if (rowCount === 0) throw new Cancelled()
}
