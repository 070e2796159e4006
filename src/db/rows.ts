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
  return rows(em, sql<Row>`${PREPARED} ${query}`)
}

export async function preparedRow<Row>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await preparedRows(em, query))[0]
}
