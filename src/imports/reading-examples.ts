import { sql } from 'kysely'
import type { FieldName } from '../customers/fields.ts'
import { listing } from '../customers/fields-sql.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import type { FileImport } from './file-import.ts'
import { readField } from './read-fields.ts'
import { isWholeName } from './reading/headers.ts'

/** A row as it was read, which the plan shows as an example. */
export interface SampleRow extends Record<FieldName, string | null> {
  number: number
  cells: string[]
  groupNames: string | null
}

export interface ReadingExamples {
  samples: SampleRow[]
  /** The row that shows how dates were read, and the text of its cell. */
  date: { row: SampleRow; text: string } | null
  /** Rows whose names can be read in two orders, and the texts of their cells. */
  names: { row: SampleRow; text: string }[]
}

const SAMPLES = 3
/** The samples are the first correct rows among this many. */
const FIRST_ROWS = 200

/** Finds examples of how a file was read, for its plan to show. There are none if its rows are gone. */
export async function findReadingExamples(em: Em, file: FileImport): Promise<ReadingExamples> {
  const numbers = [file.asRead?.dates?.number, ...(file.asRead?.names?.numbers ?? [])].filter(
    (one) => one !== undefined
  )
  const [samples, named] = [await firstRows(em, file), numbers.length ? await rowsOf(em, file, numbers) : []]
  const cell = (number: number | undefined, column: number) => {
    const row = named.find((one) => one.number === number)
    const text = row?.cells[column]
    return row && text !== undefined ? { row, text } : null
  }
  const nameColumn = file.mapping.findIndex(isWholeName)
  return {
    samples,
    date: cell(file.asRead?.dates?.number, file.mapping.indexOf('birthDate')),
    names: (file.asRead?.names?.numbers ?? []).flatMap((number) => cell(number, nameColumn) ?? [])
  }
}

async function firstRows(em: Em, file: FileImport): Promise<SampleRow[]> {
  return rows(
    em,
    sql<SampleRow>`
    select ${columns(file)} from (
      select * from import_row where import_id = ${file.id} order by number limit ${FIRST_ROWS}
    ) import_row
    where passed_over is null order by wrong is not null, number limit ${SAMPLES}
  `
  )
}

async function rowsOf(em: Em, file: FileImport, numbers: number[]): Promise<SampleRow[]> {
  return rows(
    em,
    sql<SampleRow>`
    select ${columns(file)} from import_row where import_id = ${file.id} and number = any(${numbers}::int[])
  `
  )
}

function columns(file: FileImport) {
  const fields = listing((field) => sql`${readField(field, file)} as ${sql.ref(field.name)}`)
  return sql`number, cells, ${fields}, group_names as "groupNames"`
}
