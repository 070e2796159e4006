import { z } from 'zod'
import { refuseDuplicates } from '../db/duplicates.ts'
import type { Em } from '../db/orm.ts'
import { requiredLine } from '../lib/fields.ts'
import { hashPassword, newPassword } from './passwords.ts'
import { type Role, StaffMember } from './staff-member.ts'

export const NAME_LENGTH = 80

/** The fields of a form in which people make their own account. */
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
  /** Null until the person has used their invitation. */
  passwordHash: string | null
}

/** Creates an admin and returns their id. */
export async function createAdmin(em: Em, form: { name: string; email: string; password: string }): Promise<number> {
  const { password, ...words } = form
  return createAccount(em, { ...words, role: 'admin', passwordHash: await hashPassword(password) }, new Date())
}

export async function createAccount(em: Em, account: Account, now: Date): Promise<number> {
  return refuseDuplicates(em, ownerOf(account.email), () => em.insert(StaffMember, { ...account, createdAt: now }))
}

const ownerOf = (email: string) => async (em: Em) => {
  const owner = await em.findOne(StaffMember, { email })
  if (!owner) return []
  const sentence = `${owner.name} already uses this e-mail. Enter a different one.`
  return [{ field: 'email', id: owner.id, name: owner.name, sentence }]
}
