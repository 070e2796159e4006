import { type RawBuilder, sql } from 'kysely'
import type { Pool } from 'pg'
import { isDatabaseAway } from './away.ts'
import type { Em } from './orm.ts'
import { prepared } from './prepared.ts'

/** Runs a query, in em's transaction if it has one. Timestamps and decimals come back as text, dates as YYYY-MM-DD. */
export async function rows<Row>(em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  if (em.isInTransaction()) return (await query.execute(em.getKysely())).rows
  return rowsOver(await em.getConnection().getNativeClient(), em, query)
}

/** Runs a query directly on a pool. Kysely takes a tenth of a page's time to find a connection. */
export async function rowsOver<Row>(pool: Pool, em: Em, query: RawBuilder<Row>): Promise<Row[]> {
  const { sql: text, parameters } = query.compile(em.getKysely())
  const client = await pool.connect()
  try {
    const { rows } = await client.query(text, [...parameters])
    client.release()
    return rows
  } catch (error) {
    // pool.query() would close the connection, and lose all statements prepared on it, whenever a statement is refused.
    client.release(isDatabaseAway(error))
    throw error
  }
}

/** Runs a query and returns its first row, or undefined. */
export async function row<Row>(em: Em, query: RawBuilder<Row>): Promise<Row | undefined> {
  return (await rows(em, query))[0]
}

type Questions = Record<string, RawBuilder<unknown>>

/** The rows that answer each of several questions. */
export type Answers<Asked extends Questions> = {
  [Name in keyof Asked]: Asked[Name] extends RawBuilder<infer Row> ? Row[] : never
}

/**
 * Asks several questions in one statement, because sending a statement costs more than answering it. The answers are
 * read from JSON: timestamps come in ISO 8601, and a decimal must be cast to text or it would lose what a float can't
 * hold.
 */
export async function together<Asked extends Questions>(em: Em, questions: Asked): Promise<Answers<Asked>> {
  const asked = Object.entries(questions).map(
    ([name, query]) => sql`(select coalesce(json_agg(answer), '[]') from (${query}) answer) as ${sql.ref(name)}`
  )
  const found = await row(em, prepared(sql<Answers<Asked>>`select ${sql.join(asked)}`))
  if (!found) throw new Error('A select without a row')
  return found
}
