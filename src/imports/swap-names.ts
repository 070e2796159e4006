import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { FileImport } from './file-import.ts'
import { isWholeName } from './reading/headers.ts'
import { COMMA_PATTERN } from './reading/whole-name.ts'

/** A whole name that can be read in two orders: of several words, and no comma says which is which. */
export function isSwappable({ mapping }: Pick<FileImport, 'mapping'>) {
  const cell = sql`coalesce(cells ->> ${sql.lit(mapping.findIndex(isWholeName))}::int, '')`
  return sql<boolean>`last_name <> '' and first_name <> '' and ${cell} !~ ${COMMA_PATTERN}`
}

/** Reads the whole names of a file that was read already in the other order, if somebody has said so; says whether. */
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
