import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { escaped, orNull } from '../db/copy-text.ts'
import { openFile, type Sheet } from './reading/file.ts'
import { guessMapping, type Mapping } from './reading/headers.ts'
import { createRowReader, type ReadRow } from './reading/row.ts'
import { openStored } from './stored-file.ts'

/** Whoever reads or checks an import holds it under this name and its number. */
export const IMPORT_LOCK = 'file import'

/** A file that waits to be read, and what reading it needs to know. */
export interface ReadingTask {
  importId: number
  /** In bytes. */
  size: number
  /** Empty as long as nobody has said which column is what. */
  mapping: Mapping
  country: string
  locale: string
  /** YYYY-MM-DD, where the retailer is. */
  today: string
}

/** Whoever uploaded it has cancelled. */
class Cancelled extends Error {}

const HEAR_EVERY_MS = 300

/**
 * Reads an uploaded file row by row into `import_row`, all or none; or comes back to ask which column is what. The file is
 * forgotten with the commit. Progress goes over a second connection, and a Cancel is seen there.
 */
export async function readFile(pool: pg.Pool, task: ReadingTask): Promise<void> {
  const client = await pool.connect()
  try {
    await client.query('begin')
    await client.query(`select set_config(name, '0', true) from unnest(array['statement_timeout', 'lock_timeout',
      'idle_in_transaction_session_timeout']) name`)
    if (await hold(client, task.importId)) await readHeld(client, pool, task)
    await client.query('commit')
  } catch (error) {
    await client.query('rollback').catch(() => {})
    if (!(error instanceof Cancelled)) throw error
  } finally {
    client.release()
  }
}

async function readHeld(client: pg.PoolClient, pool: pg.Pool, task: ReadingTask): Promise<void> {
  const sheet = await openFile(openStored(pool, task.importId, task.size))
  const guess = guessMapping(sheet.headers)
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
  // Not in the same statement, which would see what was there before whoever held it was done.
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
  const lines = copyLines(importId, sheet, reader, (rows) => report(pool, importId, rows, sheet.readBytes()))
  await pipeline(Readable.from(lines), client.query(from(`copy import_row (${COLUMNS}) from stdin`)))
  await client.query('analyze import_row')
  await client.query('delete from import_chunk where import_id = $1', [importId])
  const done = await client.query(
    `update file_import set state = 'checking', headers = $2, mapping = $3, samples = '[]' where id = $1 and state = 'reading'`,
    [importId, JSON.stringify(sheet.headers), JSON.stringify(mapping)]
  )
  if (done.rowCount === 0) throw new Cancelled()
}

async function report(pool: pg.Pool, importId: number, rows: number, bytes: number): Promise<void> {
  const { rowCount } = await pool.query(
    `update import_progress set rows = $2, bytes = $3 where import_id = $1
      and exists (select from file_import where id = $1 and state = 'reading')`,
    [importId, rows, bytes]
  )
  if (rowCount === 0) throw new Cancelled()
}

const COLUMNS = `import_id, number, cells, passed_over, first_name, last_name, phone, email, gender, location, day_first, month_first,
  has_date, wrong`

async function* copyLines(
  importId: number,
  sheet: Sheet,
  read: (row: { number: number; cells: string[] }) => ReadRow,
  hear: (rows: number) => Promise<void>
): AsyncGenerator<string> {
  let [count, heardAt] = [0, Date.now()]
  for await (const batch of sheet.rows()) {
    yield batch.map((row) => line(importId, read(row))).join('')
    count += batch.length
    if (Date.now() - heardAt < HEAR_EVERY_MS) continue
    await hear(count)
    heardAt = Date.now()
  }
  await hear(count)
}

/** As COPY's text format has it. */
function line(importId: number, row: ReadRow): string {
  const text = (value: string | null) => orNull(value && escaped(value))
  return `${[
    importId,
    row.number,
    escaped(JSON.stringify(row.cells)),
    orNull(row.passedOver),
    text(row.firstName),
    text(row.lastName),
    text(row.phone),
    text(row.email),
    orNull(row.gender),
    text(row.location),
    orNull(row.dayFirst),
    orNull(row.monthFirst),
    row.hasDate ? 't' : 'f',
    orNull(row.wrong.length ? escaped(JSON.stringify(row.wrong)) : null)
  ].join('\t')}\n`
}
