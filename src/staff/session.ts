import { defineEntity, p } from '@mikro-orm/core'
import { type RawBuilder, sql } from 'kysely'
import { StaffMember } from './staff-member.ts'

/** A session ends after 12 hours without a request, and after 7 days whatever happens. */
const IDLE_HOURS = 12
const LONGEST_DAYS = 7

/** A session in use is updated this often, so its idle time is exact to this many minutes. */
const TOUCH_MINUTES = 5

export const SESSION_SECONDS = LONGEST_DAYS * 24 * 60 * 60

const SessionSchema = defineEntity({
  name: 'Session',
  properties: {
    tokenHash: p.blob().primary(),
    staffMember: () => p.manyToOne(StaffMember),
    createdAt: p.datetime(),
    seenAt: p.datetime()
  }
})

export class Session extends SessionSchema.class {
  isOpen(now: Date): boolean {
    const { seenAt, createdAt } = openSince(now)
    return this.seenAt > seenAt && this.createdAt > createdAt
  }
}
SessionSchema.setClass(Session)

/** A session is open if it was seen and made after these moments. */
export function openSince(now: Date): { seenAt: Date; createdAt: Date } {
  return { seenAt: hoursBefore(now, IDLE_HOURS), createdAt: hoursBefore(now, LONGEST_DAYS * 24) }
}

/** Session.isOpen() as an SQL condition, which every request uses. */
export function isOpenSql(now: Date): RawBuilder<boolean> {
  const { seenAt, createdAt } = openSince(now)
  return sql`(session.seen_at > ${seenAt} and session.created_at > ${createdAt})`
}

/** Whether the time of a session's last use should be updated. */
export function isTouchDue(seenAt: Date, now: Date): boolean {
  return now.getTime() - seenAt.getTime() > TOUCH_MINUTES * 60_000
}

function hoursBefore(moment: Date, hours: number): Date {
  return new Date(moment.getTime() - hours * 60 * 60 * 1000)
}
