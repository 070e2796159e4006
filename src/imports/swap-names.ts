import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { FileImport } from './file-import.ts'
import { isWholeName } from './reading/headers.ts'
import { COMMA_PATTERN } from './reading/whole-name.ts'

/**
 * An SQL condition: whether a row's whole name can be read in two orders, because it has several words and no comma
 * separates them.
 */
export function isSwappable({ mapping }: Pick<FileImport, 'mapping'>) {
  const cell = sql`coalesce(cells ->> ${sql.lit(mapping.findIndex(isWholeName))}::int, '')`
  return sql<boolean>`last_name <> '' and first_name <> '' and ${cell} !~ ${COMMA_PATTERN}`
}

/**
 * Swaps the first and last names of a file that was read already, if somebody has asked for it. Returns whether they
 * had.
 */
export async function swapNames(em: Em, file: FileImport): Promise<boolean> {
  const isAsked = await em.nativeUpdate(FileImport, { id: file.id, swapsNames: true }, { swapsNames: false })
  if (!isAsked) return false
  await rows(
    em,
    sql`
    update import_row set first_name = last_name, last_name = first_name
    where import_id = ${sql.lit(file.id)} and ${isSwappable(file)}
  `
  )
  return true
}
