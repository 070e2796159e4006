import { sql } from 'kysely'
import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { FieldErrors } from '../lib/field-errors.ts'
import { requiredLine } from '../lib/fields.ts'
import { hashPassword, newPassword } from './passwords.ts'
import type { Role } from './staff-member.ts'

export const NAME_LENGTH = 80

/** What a form asks of whoever makes their own account. */
export const accountFields = {
  name: requiredLine('The name', NAME_LENGTH, 'Enter the name.'),
  email: requiredLine('The e-mail', 254, 'Enter the e-mail.')
    .transform((value) => value.toLowerCase())
    .pipe(z.email('Enter an e-mail address, such as mia@example.com.')),
  password: newPassword([])
}

interface Account {
  name: string
  email: string
  role: Role
  /** Null until the invitation is used. */
  passwordHash: string | null
}

/** The e-mail belongs to somebody on the staff already. */
export class EmailTaken extends Error {
  get errors(): FieldErrors {
    return { email: this.message }
  }
}

/** Answers the new admin's id. */
export async function createAdmin(em: Em, form: { name: string; email: string; password: string }): Promise<number> {
  const { password, ...words } = form
  return createAccount(em, { ...words, role: 'admin', passwordHash: await hashPassword(password) }, new Date())
}

export async function createAccount(em: Em, account: Account, now: Date): Promise<number> {
  const { name, email, role, passwordHash } = account
  const created = await row(
    em,
    sql<{ id: number }>`
    insert into staff_member (name, email, role, password_hash, created_at)
    values (${name}, ${email}, ${role}, ${passwordHash}, ${now})
    on conflict (email) do nothing returning id
  `
  )
  if (created) return created.id
  const owner = await row(em, sql<{ name: string }>`select name from staff_member where email = ${email}`)
  throw new EmailTaken(`${owner?.name ?? 'Someone'} already uses this e-mail. Enter a different one.`)
}
