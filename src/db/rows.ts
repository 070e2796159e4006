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
