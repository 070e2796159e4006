import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import type { ClientBase, QueryConfig } from 'pg'

const MARK = '/* prepared */'

/** What a query begins with that each connection prepares but once: planning it anew takes longer than running it. */
export const PREPARED = sql.raw(MARK)

type Ask = (config: string | QueryConfig, values?: unknown[], ...rest: unknown[]) => unknown

/** Gives the marked queries of a connection a name, by which `pg` prepares them; kysely has no way to say it. */
export function namePrepared(client: ClientBase): void {
  const ask = client.query.bind(client) as Ask
  const named: Ask = (text, values, ...rest) =>
    typeof text === 'string' && text.startsWith(MARK)
      ? ask({ name: nameOf(text), text, values: values ?? [] }, ...(rest as []))
      : ask(text, values, ...rest)
  client.query = named as ClientBase['query']
}

const names = new Map<string, string>()

/** There are as many as there are sorts and filters of the lists that are prepared. */
function nameOf(text: string): string {
  const known = names.get(text) ?? createHash('sha256').update(text).digest('base64url')
  names.set(text, known)
  return known
}
