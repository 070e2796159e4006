import { defineEntity, OptionalProps, p } from '@mikro-orm/core'
import { Refusal, RuleError } from '../lib/errors.ts'
import type { StaffMember } from '../staff/staff-member.ts'
import { partsOf, SETTINGS, type Setting } from './settings.ts'

/** The part of a staff member that rights depend on. */
type User = Pick<StaffMember, 'may'>

const GroupSchema = defineEntity({
  name: 'Group',
  tableName: 'customer_group',
  properties: {
    id: p.integer().primary(),
    kind: p.enum(['primary', 'list'] as const),
    system: p.enum(['default', 'walk-in'] as const).nullable(),
    name: p.text(),
    description: p.text().default(''),
    ...partsOf('property'),
    version: p.integer().version(),
    createdAt: p.datetime().defaultRaw('now()'),
    createdBy: p.integer().nullable()
  }
})

export class Group extends GroupSchema.class {
  declare [OptionalProps]?: 'isList' | 'isWalkIn' | 'isPrivileged' | 'settings'

  get isList(): boolean {
    return this.kind === 'list'
  }

  get isWalkIn(): boolean {
    return this.system === 'walk-in'
  }

  /** The settings that the group's pages show. A list has none. */
  get settings(): Setting[] {
    return this.isList ? [] : SETTINGS
  }

  /** Staff may put nobody into a group that lets a till do more (docs/rules.md, Roles). */
  get isPrivileged(): boolean {
    return this.allowsOnAccount || this.allowsDiscounts
  }

  /**
   * Whether a user may put customers into the group. Staff can't if the group lets a till do more, and nobody can if it
   * is Walk-in (docs/rules.md, Roles).
   */
  mayTake(user: User): boolean {
    return !this.isWalkIn && (user.may('manager') || !this.isPrivileged)
  }

  refuseTaking(user: User): void {
    if (this.isWalkIn)
      throw new RuleError('Customers can’t be added to Walk-in. It is for sales to people who leave no name.')
    if (!this.mayTake(user)) {
      throw new Refusal(
        403,
        `${this.name} allows on-account sale or manual discounts, so only managers and admins can add customers to it.`
      )
    }
  }

  /** Whether a user who has just taken a customer out of the group may put them back. */
  mayTakeBack(user: User): boolean {
    return this.isList || this.mayTake(user)
  }
}
GroupSchema.setClass(Group)

/** How many customers came from another primary group. */
export interface MovedFrom {
  id: number
  name: string
  count: number
}
