import { StartError } from '../config.ts'
import { isDatabaseAway } from './away.ts'

/**
 * Turns the error of a first connection into one sentence for the person at the terminal.
 * @throws StartError, or the error itself if it is not about connecting.
 */
export function explainConnectionError(error: unknown): never {
  if (error instanceof StartError) throw error
  const reason = reasonOf(error)
  const code = error instanceof Error && 'code' in error ? String(error.code) : ''
  // A pooler such as PgBouncer answers with this code to the deadlines that a connection begins with.
  if (code === '08P01')
    throw new StartError(
      `DATABASE_URL is refused (${reason}). If it names a connection pooler, name PostgreSQL itself instead.`
    )
  if (isDatabaseAway(error)) throw new StartError(`DATABASE_URL names a PostgreSQL that can’t be reached (${reason}).`)
  if (/^(28...|3D000)$/.test(code)) throw new StartError(`DATABASE_URL is refused by PostgreSQL: ${reason}.`)
  throw error
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message || ('code' in error ? String(error.code) : error.name) : String(error)
}
