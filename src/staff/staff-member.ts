import { defineEntity, OptionalProps, p } from '@mikro-orm/core'

/** The roles in ascending order. Each role may do everything that the one before may. */
export const ROLES = ['staff', 'manager', 'admin'] as const
export type Role = (typeof ROLES)[number]
export const ROLE_NAMES: Record<Role, string> = { staff: 'Staff', manager: 'Manager', admin: 'Admin' }

/** Whether a role may do everything that the role `least` may. */
export function isAtLeast(role: Role, least: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(least)
}

const StaffMemberSchema = defineEntity({
  name: 'StaffMember',
  properties: {
    id: p.integer().primary(),
    name: p.text(),
    email: p.text(),
    role: p.enum(ROLES),
    passwordHash: p.text().nullable().lazy(),
    /** Whether the person has a password, for code that must not see the hash. */
    hasPassword: p.boolean().formula((columns) => `(${columns.passwordHash} is not null)`),
    disabledAt: p.datetime().nullable(),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()')
  }
})

export class StaffMember extends StaffMemberSchema.class {
  declare [OptionalProps]?: 'hasPassword' | 'state'

  may(role: Role): boolean {
    return isAtLeast(this.role, role)
  }

  /** The person's state. They are invited until they choose their first password. */
  get state(): 'active' | 'invited' | 'disabled' {
    if (this.disabledAt) return 'disabled'
    return this.hasPassword ? 'active' : 'invited'
  }
}
StaffMemberSchema.setClass(StaffMember)
