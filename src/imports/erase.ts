import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

interface Person {
  id: number
  phone?: string | null
  email?: string | null
}

const GONE = JSON.stringify([
  {
    column: null,
    message: 'The customer of this row was deleted after the file had been read. Upload it again if it is right.'
  }
])

/**
 * Forgets what files said about somebody who is being deleted, in em's transaction: kept rows with errors go, and a row
 * that waits to be added is emptied, so that it makes nobody anew.
 */
export async function eraseFromImports(em: Em, { id, phone = null, email = null }: Person): Promise<void> {
  await rows(
    em,
    sql`
    delete from import_error
    where customer_ids @> array[${id}::int] or phone = ${phone}::text or email = ${email}::text
  `
  )
  await rows(
    em,
    sql`
    update import_row entered
    set cells = '[]', first_name = null, last_name = null, phone = null, email = null, gender = null, location = null,
      day_first = null, month_first = null, has_date = false, wrong = ${GONE}::jsonb
    from file_import file
    where file.state not in ('done', 'cancelled', 'failed') and entered.import_id = file.id
      and (entered.phone = ${phone}::text or entered.email = ${email}::text or exists (
        select from import_match match
        where match.import_id = entered.import_id and match.number = entered.number and match.customer_id = ${id}
      ))
  `
  )
}
