import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { keepMatches } from './check.ts'
import type { FileImport } from './file-import.ts'
import { matchRows } from './match.ts'

/**
 * Collects the phones and e-mails of the rows in `mended`. It is called before the rows change, and again afterwards.
 */
export async function noteContacts(em: Em, importId: number): Promise<void> {
  await rows(em, sql`create temporary table if not exists contact (value text) on commit drop`)
  await rows(em, contactsOf(importId, 'mended'))
}

const contactsOf = (importId: number, table: 'mended' | 'touched') => sql`
  insert into contact
  select distinct value from import_row join ${sql.table(table)} using (number) cross join lateral unnest(array[phone, email]) value
  where import_id = ${sql.lit(importId)} and value is not null
`

/**
 * Matches the rows of `mended` again, and all other rows whose result depends on them, and stores the results as if the
 * whole file had been checked. A row depends on another if it shares a phone, an e-mail or a customer with it, now or
 * before the change. The rows that decide about these in turn, by the same phone or e-mail, are matched with them.
 */
export async function recheck(em: Em, file: FileImport, today: string): Promise<void> {
  await noteContacts(em, file.id)
  await rows(em, sql`create temporary table touched on commit drop as select distinct number from mended`)
  await addSharers(em, file.id, 'touched')
  await rows(
    em,
    sql`
    insert into contact select distinct value from customer cross join lateral unnest(array[phone, email]) value
    where value is not null and (phone = any(array(select value from contact)) or email = any(array(select value from contact)))
  `
  )
  await addSharers(em, file.id, 'touched')
  await rows(em, contactsOf(file.id, 'touched'))
  await rows(em, sql`create temporary table beside on commit drop as select number from touched`)
  await addSharers(em, file.id, 'beside')
  await matchRows(em, file, today, isIn('beside'))
  await keepMatches(em, file, isIn('touched'))
}

const isIn = (table: 'touched' | 'beside'): RawBuilder<boolean> =>
  sql<boolean>`number in (select number from ${sql.table(table)})`

/** Adds all rows that have one of the collected phones or e-mails. */
async function addSharers(em: Em, importId: number, table: 'touched' | 'beside'): Promise<void> {
  await rows(
    em,
    sql`
    insert into ${sql.table(table)} select number from import_row
    where import_id = ${sql.lit(importId)} and wrong is null
      and (phone in (select value from contact) or email in (select value from contact)) and not ${isIn(table)}
  `
  )
  await rows(em, sql`analyze contact, ${sql.table(table)}`)
}
