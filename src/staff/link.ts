import { defineEntity, p } from '@mikro-orm/core'
import { StaffMember } from './staff-member.ts'

const OneTimeLinkSchema = defineEntity({
  name: 'OneTimeLink',
  properties: {
    tokenHash: p.blob().primary(),
    purpose: p.enum(['set-up', 'invitation', 'reset'] as const),
    /** Null for the set-up link of an empty database, which belongs to nobody yet. */
    staffMember: () => p.manyToOne(StaffMember).nullable(),
    expiresAt: p.datetime()
  }
})

/** A link by which one person can, once, set a password or set up the shop. */
export class OneTimeLink extends OneTimeLinkSchema.class {
  isOpen(now: Date): boolean {
    return this.expiresAt > now
  }
}
OneTimeLinkSchema.setClass(OneTimeLink)
