import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import pg, { type ClientBase } from 'pg'

const MARK = '/* prepared */'

/** What a query begins with that each connection prepares but once: planning it anew takes longer than running it. */
export const PREPARED = sql.raw(MARK)

/** Gives the marked queries of a connection a name, by which `pg` prepares them; kysely has no way to say it. */
export function namePrepared(client: ClientBase): void {
  // Looked up each time, so that whoever listens in on all queries hears these too.
  const ask = (...given: unknown[]) => Reflect.apply(pg.Client.prototype.query, client, given)
  const named = (text: unknown, values: unknown, ...rest: unknown[]) =>
    isMarked(text) ? ask({ name: nameOf(text), text, values }, ...rest) : ask(text, values, ...rest)
  client.query = named as ClientBase['query']
}

export function isMarked(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(MARK)
}

const names = new Map<string, string>()

/** There are as many as there are sorts and filters of the lists that are prepared. */
function nameOf(text: string): string {
  const known = names.get(text) ?? createHash('sha256').update(text).digest('base64url')
  names.set(text, known)
  return known
}
