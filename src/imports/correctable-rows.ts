import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { listErrors, type WrongRow } from './errors.ts'
import type { FileImport } from './file-import.ts'

/** The most characters of a corrected cell: twice what fits into any field of a customer. */
export const LONGEST_TYPED = 500

/** The most rows of a page. Each may have an input for each of its cells. */
export const CORRECTED_AT_ONCE = 10

/** A row with errors, and inputs for the cells that can be corrected. */
export interface CorrectableRow extends WrongRow {
  inputs: CellInput[]
}

export interface CellInput {
  column: number
  value: string
  /** The number of rows, including this one, with the same wrong text in this column; null if it was not counted. */
  likes: number | null
}

/** Values that somebody typed for a row and that were refused. They are shown again. */
export interface RefusedValues {
  number: number
  values: Map<number, string>
}

/** Lists a page of rows with errors. Their cells can be corrected only while the import has a plan. */
export async function listCorrectable(
  em: Em,
  file: FileImport,
  { after, limit, typed = null }: { after: number; limit: number; typed?: RefusedValues | null }
): Promise<CorrectableRow[]> {
  const found = await listErrors(em, file.id, after, limit)
  if (file.state !== 'planned') return found.map((row) => ({ ...row, inputs: [] }))
  const likes = await countLikes(em, file, found)
  return found.map((row) => {
    const values = typed?.number === row.number ? typed.values : new Map<number, string>()
    const inputs = columnsOf(file, row).map((column) => {
      const cell = row.cells[column] ?? ''
      const count = likes && isWrong(row, column) ? (likes.get(keyOf(column, cell)) ?? 1) : likes && 1
      return { column, value: values.get(column) ?? shown(cell), likes: count }
    })
    const tooLong = inputs.filter(({ value }) => value.length > LONGEST_TYPED)
    return { ...row, inputs, wrong: [...row.wrong, ...tooLong.map(({ column }) => ({ column, message: TOO_LONG }))] }
  })
}

const TOO_LONG = `Enter at most ${LONGEST_TYPED} characters. Nothing was changed.`

const shown = (cell: string) => cell.slice(0, LONGEST_TYPED).toWellFormed()

const isWrong = ({ wrong }: WrongRow, column: number) => wrong.some((one) => one.column === column)

/**
 * The columns whose cells can be corrected: the wrong ones, and both phone and e-mail if either is wrong or leads to
 * the wrong customer.
 */
function columnsOf({ mapping }: FileImport, row: WrongRow): number[] {
  if (row.cells.length === 0) return []
  const contacts = [mapping.indexOf('phone'), mapping.indexOf('email')].filter((column) => column >= 0)
  const isContact = row.customers.length > 0 || contacts.some((column) => isWrong(row, column))
  return mapping.flatMap((field, column) => {
    const isOffered = field !== null && (isWrong(row, column) || (isContact && contacts.includes(column)))
    return isOffered ? [column] : []
  })
}

/** With more wrong rows than this, counting equal cells would take a second. */
const MOST_COUNTED = 20_000

const keyOf = (column: number, value: string) => `${column} ${value}`

async function countLikes(em: Em, file: FileImport, found: WrongRow[]): Promise<Map<string, number> | null> {
  if ((file.plan?.wrong ?? 0) > MOST_COUNTED) return null
  const cells = found.flatMap((row) =>
    row.wrong.map(({ column }) => ({ column, value: row.cells[column ?? -1] ?? '' }))
  )
  const sought = JSON.stringify(cells.filter(({ column }) => column !== null))
  const counted = await rows(
    em,
    sql<{ column: number; value: string; count: number }>`
    select "column", value, count(distinct number)::int as count
    from import_error cross join lateral (
      select ("one" ->> 'column')::int as "column", coalesce(cells ->> ("one" ->> 'column')::int, '') as value
      from jsonb_array_elements(wrong) "one" where "one" ->> 'column' is not null
    ) cell
    where import_id = ${file.id} and json_array_length(cells) > 0 and ("column", value) in (
      select "column", value from jsonb_to_recordset(${sought}::jsonb) as sought("column" int, value text)
    )
    group by "column", value
  `
  )
  return new Map(counted.map(({ column, value, count }) => [keyOf(column, value), count]))
}
