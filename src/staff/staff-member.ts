import { defineEntity, p } from '@mikro-orm/core'

/** From least to most; each may do all that the one before may. */
export const ROLES = ['staff', 'manager', 'admin'] as const
export type Role = (typeof ROLES)[number]
export const ROLE_NAMES: Record<Role, string> = { staff: 'Staff', manager: 'Manager', admin: 'Admin' }

const StaffMemberSchema = defineEntity({
  name: 'StaffMember',
  properties: {
    id: p.integer().primary(),
    name: p.text(),
    email: p.text(),
    role: p.enum(ROLES),
    passwordHash: p.text().nullable().lazy(),
    disabledAt: p.datetime().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()')
  }
})

export class StaffMember extends StaffMemberSchema.class {
  may(role: Role): boolean {
    return ROLES.indexOf(this.role) >= ROLES.indexOf(role)
  }
}
StaffMemberSchema.setClass(StaffMember)
