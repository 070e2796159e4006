import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { CannotGoOn } from './cannot-go-on.ts'
import { readText } from './files.ts'

const MAJOR = '18'

export function refuseOtherMajor(data: string): void {
  if (!existsSync(join(data, 'PG_VERSION'))) {
    throw new CannotGoOn(
      'it is damaged',
      `${data} is damaged: it is not a whole PostgreSQL cluster. Restore it from a backup, or move it away to start with an empty database.`
    )
  }
  const version = readText(data, 'PG_VERSION')
  if (version === MAJOR) return
  throw new CannotGoOn(
    `it was made by PostgreSQL ${version}, and this is ${MAJOR}`,
    `${data} was made by PostgreSQL ${version}, and this is ${MAJOR}. Dump it with the old version and restore it with this one, or set another DATA_DIR.`
  )
}
