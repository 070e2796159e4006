import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'

/** A customer who already has a phone or an e-mail that was given for another. */
export interface CustomerOwner {
  id: number
  name: string
  field: 'phone' | 'email'
}

/** Finds who already has a phone or an e-mail, other than the customer being edited. */
export async function findOwners(
  em: Em,
  phone: string | null,
  email: string | null,
  exceptId: number | null
): Promise<CustomerOwner[]> {
  return rows(
    em,
    sql<CustomerOwner>`
    select id, name, 'phone' as field from customer where phone = ${phone} and id is distinct from ${exceptId}::int
    union all
    select id, name, 'email' as field from customer where email = ${email} and id is distinct from ${exceptId}::int
  `
  )
}
