import { createHash } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import pg, { type ClientBase } from 'pg'

const MARK = '/* prepared */'

/**
 * A query that each connection prepares once, because planning it takes longer than running it. It suits queries of every
 * page, but not queries whose best plan depends on the values.
 */
export function prepared<Row>(query: RawBuilder<Row>): RawBuilder<Row> {
  return sql`${sql.raw(MARK)} ${query}`
}

/** Gives each marked query of a connection a name, which makes `pg` prepare it. Kysely has no way to name a query. */
export function namePrepared(client: ClientBase): void {
  // The method is looked up for each query, so that a wrapper installed later (as tests do) sees these queries too.
  const ask = (...given: unknown[]) => Reflect.apply(pg.Client.prototype.query, client, given)
  const named = (text: unknown, values: unknown, ...rest: unknown[]) =>
    isMarked(text) ? ask({ name: nameOf(text), text, values }, ...rest) : ask(text, values, ...rest)
  client.query = named as ClientBase['query']
}

export function isMarked(text: unknown): text is string {
  return typeof text === 'string' && text.startsWith(MARK)
}

const names = new Map<string, string>()

/** The name of a query. The map holds one entry for each combination of sort and filter whose list is prepared. */
function nameOf(text: string): string {
  const known = names.get(text) ?? createHash('sha256').update(text).digest('base64url')
  names.set(text, known)
  return known
}
