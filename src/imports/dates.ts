import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'

/** A date of a file that can be read in two ways, both given as YYYY-MM-DD. */
export interface DateExample {
  number: number
  dayFirst: string
  monthFirst: string
}

export async function findDateExample(em: Em, importId: number): Promise<DateExample | null> {
  const found = await row(
    em,
    sql<DateExample>`
    select number, day_first as "dayFirst", month_first as "monthFirst" from import_row
    where import_id = ${importId} and passed_over is null and day_first <> month_first order by number limit 1
  `
  )
  return found ?? null
}
