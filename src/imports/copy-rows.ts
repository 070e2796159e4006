import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import type pg from 'pg'
import { from } from 'pg-copy-streams'
import { FIELDS } from '../customers/fields.ts'
import { cutConnection } from '../db/connections.ts'
import { escapeForCopy, orCopyNull } from '../db/copy-text.ts'
import { READ_FIELDS } from './reading/field-readers.ts'
import type { Sheet } from './reading/file.ts'
import type { ReadRow } from './reading/row.ts'

const COLUMNS = `import_id, number, cells, passed_over, ${READ_FIELDS.map((name) => FIELDS[name].column).join(', ')}, group_names,
  day_first, month_first, has_date, note, wrong`

const HEAR_EVERY_MS = 300
/**
 * A COPY that takes no rows for this long has lost its connection: the network's buffers are full, and nobody answers.
 */
const STALLED_MS = 60_000
/** The longest time that a timer accepts. */
const NEVER_MS = 2 ** 31 - 1

type Reader = (row: { number: number; cells: string[] }) => ReadRow

/** Writes a sheet's rows to the database as they are read, and reports their number every now and then. */
export async function copyRows(
  client: pg.PoolClient,
  importId: number,
  sheet: Sheet,
  read: Reader,
  hear: (rows: number) => Promise<void>
): Promise<void> {
  const stalled = setTimeout(() => cutConnection(client), STALLED_MS)
  const lines = copyLines(importId, sheet, read, async (rows) => {
    stalled.refresh()
    await hear(rows)
  })
  // The copy may take any time, as long as it makes progress.
  const copy = Object.assign(from(`copy import_row (${COLUMNS}) from stdin`), { query_timeout: NEVER_MS })
  try {
    await pipeline(Readable.from(lines), client.query(copy))
  } finally {
    clearTimeout(stalled)
  }
}

async function* copyLines(
  importId: number,
  sheet: Sheet,
  read: Reader,
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

/** Formats a row as a line of COPY's text format. */
function line(importId: number, row: ReadRow): string {
  const text = (value: string | null) => orCopyNull(value && escapeForCopy(value))
  return `${[
    importId,
    row.number,
    escapeForCopy(JSON.stringify(row.cells)),
    orCopyNull(row.passedOver),
    ...READ_FIELDS.map((name) => text(row[name])),
    text(row.groupNames),
    orCopyNull(row.dayFirst),
    orCopyNull(row.monthFirst),
    row.hasDate ? 't' : 'f',
    text(row.note),
    orCopyNull(row.wrong.length ? escapeForCopy(JSON.stringify(row.wrong)) : null)
  ].join('\t')}\n`
}
