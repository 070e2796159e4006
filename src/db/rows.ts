import { type RawBuilder, sql } from 'kysely'
import type { Em } from './orm.ts'
import { PREPARED } from './prepared.ts'

/** Runs a query in em's transaction, if it has one. Timestamps and decimals come back as text, dates as YYYY-MM-DD. */
export async function rows<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  return (await query.execute(em.getKysely())).rows
}

/** The first row, or undefined. */
export async function row<Row>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await rows(em, query))[0]
}

/** As rows(), for what every page asks (src/db/prepared.ts). Not for queries whose best plan depends on the values. */
export async function preparedRows<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  const prepared = sql<Row>`${PREPARED} ${query}`
  if (em.isInTransaction()) return rows(em, prepared)
  // Past kysely, which takes a tenth of a page's time to find a connection.
  const { sql: text, parameters } = prepared.compile(em.getKysely())
  const pool = await em.getConnection().getNativeClient()
  return (await pool.query(text, [...parameters])).rows
}

export async function preparedRow<Row>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await preparedRows(em, query))[0]
}
