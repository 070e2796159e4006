import { defineEntity, p } from '@mikro-orm/core'
import { StaffMember } from './staff-member.ts'

const OneTimeLinkSchema = defineEntity({
  name: 'OneTimeLink',
  properties: {
    tokenHash: p.blob().primary(),
    purpose: p.enum(['set-up', 'invitation', 'reset'] as const),
    /** Null: the set-up link of an empty database, which is nobody's yet. */
    staffMember: () => p.manyToOne(StaffMember).nullable(),
    expiresAt: p.datetime()
  }
})

/** Lets one person set a password, or set up the shop, once. */
export class OneTimeLink extends OneTimeLinkSchema.class {
  isOpen(now: Date): boolean {
    return this.expiresAt > now
  }
}
OneTimeLinkSchema.setClass(OneTimeLink)
