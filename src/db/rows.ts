import { createHash } from 'node:crypto'
import type { RawBuilder } from 'kysely'
import type { Em } from './orm.ts'

/** Runs a query in em's transaction, if it has one. Timestamps and decimals come back as text, dates as YYYY-MM-DD. */
export async function rows<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  return (await query.execute(em.getKysely())).rows
}

/** The first row, or undefined. */
export async function row<Row>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await rows(em, query))[0]
}

/**
 * As rows(), for what every page asks: each connection prepares it but once, under a name, as planning it anew takes longer
 * than running it. Not for queries whose best plan depends on the values.
 */
export async function preparedRows<Row extends object>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  if (em.isInTransaction()) return rows(em, query)
  const { sql: text, parameters } = query.compile(em.getKysely())
  const pool = await em.getConnection().getNativeClient()
  return (await pool.query<Row>({ name: nameOf(text), text, values: [...parameters] })).rows
}

export async function preparedRow<Row extends object>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await preparedRows(em, query))[0]
}

const names = new Map<string, string>()

/** There are as many as there are sorts and filters of the lists that are prepared. */
function nameOf(text: string): string {
  const known = names.get(text) ?? createHash('sha256').update(text).digest('base64url')
  names.set(text, known)
  return known
}
