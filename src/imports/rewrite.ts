import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { ReadRow } from './reading/row.ts'

/** The number of rows that are read again between two statements. */
const BATCH = 1_000

type Reader = (row: { number: number; cells: string[] }) => ReadRow

/** Writes an edit into its rows and reads them again with the reader of the file, so that the same rules apply. */
export async function rewrite(
  em: Em,
  importId: number,
  place: number,
  { column, value }: { column: number; value: string },
  read: Reader
) {
  for (let after = -1; ; ) {
    const found = await rows(
      em,
      sql<{ number: number; cells: string[] }>`
      select import_row.number, import_row.cells from (
        select number from mended where place = ${place}::int and number > ${after} order by number limit ${BATCH}
      ) chosen join import_row on import_row.import_id = ${importId} and import_row.number = chosen.number
      order by import_row.number for update of import_row
    `
    )
    const last = found.at(-1)
    if (!last) return
    await replaceRows(
      em,
      importId,
      found.map(({ number, cells }) => read({ number, cells: withCell(cells, column, value) }))
    )
    after = last.number
  }
}

function withCell(cells: string[], column: number, value: string): string[] {
  const width = Math.max(cells.length, column + 1)
  return Array.from({ length: width }, (_, at) => (at === column ? value : (cells[at] ?? '')))
}

async function replaceRows(em: Em, importId: number, read: ReadRow[]): Promise<void> {
  const records = JSON.stringify(read.map((one) => toRecord(importId, one)))
  const numbers = read.map(({ number }) => number)
  await rows(em, sql`delete from import_row where import_id = ${importId} and number = any(${numbers}::int[])`)
  await rows(
    em,
    sql`insert into import_row select * from jsonb_populate_recordset(null::import_row, ${records}::jsonb)`
  )
}

/** A row of `import_row`, whose columns are named after the fields of what was read. */
function toRecord(importId: number, { wrong, ...read }: ReadRow): Record<string, unknown> {
  const columns = Object.entries(read).map(([field, value]) => [
    field.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`),
    value
  ])
  return { ...Object.fromEntries(columns), import_id: importId, wrong: wrong.length ? wrong : null }
}
