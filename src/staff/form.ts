import { z } from 'zod'
import { formKey, version } from '../lib/fields.ts'
import { accountFields } from './create.ts'
import { ROLES, type Role, type StaffMember } from './staff-member.ts'

const { name, email } = accountFields
const role = z.enum(ROLES, 'Choose a role.')

export const invitation = z.object({ name, email, role, key: formKey })
export type Invitation = z.output<typeof invitation>

export const staffChanges = z.object({ name, role, version })
export type StaffChanges = z.output<typeof staffChanges>

/** The values that the form shows: those that were typed or those that are stored. */
export interface StaffForm {
  name: string
  email: string
  role: Role
}

export const EMPTY_FORM: StaffForm = { name: '', email: '', role: 'staff' }

export function formOf({ name, email, role }: StaffMember): StaffForm {
  return { name, email, role }
}

const text = z.string().catch('')
const typed = z.object({ name: text, email: text, role: z.enum(ROLES).catch('staff') })

/** The values that were typed, however wrong, for the form to show again. */
export function asTyped(body: unknown): StaffForm {
  return typed.parse(body ?? {})
}
