import { LockMode } from '@mikro-orm/core'
import { changesBetween, note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { saveOver } from '../db/versioned.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { StaffChanges } from './form.ts'
import { dropLinks } from './links.ts'
import { closeSessionsOf } from './sessions.ts'
import { StaffMember } from './staff-member.ts'

/** Changes a person, if they still have the version that the form was filled in for (src/db/versioned.ts). */
export async function changeStaff(em: Em, id: number, form: StaffChanges, actor: Actor): Promise<void> {
  const { version, ...values } = form
  await em.transactional(async (inner) => {
    if (values.role !== 'admin') await keepAnAdmin(inner, id)
    const before = await saveOver(inner, StaffMember, { id }, version, values)
    const changes = changesBetween(before, values)
    if (changes.length) await note(inner, 'staff-changed', actor, { staffMemberId: id, details: { changes } })
  })
}

/** Disables a person: signs them out everywhere at once and refuses further sign-ins. */
export async function disable(em: Em, id: number, actor: Actor): Promise<void> {
  await em.transactional(async (inner) => {
    await keepAnAdmin(inner, id)
    const disabled = await inner.nativeUpdate(StaffMember, { id, disabledAt: null }, { disabledAt: actor.now })
    if (disabled) await note(inner, 'staff-disabled', actor, { staffMemberId: id })
    await closeSessionsOf(inner, id)
    await dropLinks(inner, id)
  })
}

export async function enable(em: Em, id: number, actor: Actor): Promise<void> {
  await em.transactional(async (inner) => {
    const enabled = await inner.nativeUpdate(StaffMember, { id, disabledAt: { $ne: null } }, { disabledAt: null })
    if (enabled) await note(inner, 'staff-enabled', actor, { staffMemberId: id })
    // This closes a session whose sign-in was under way while the person was disabled.
    await closeSessionsOf(inner, id)
  })
}

/**
 * Refuses a change to the last admin who can sign in. A change that takes away an admin locks all of them first, so
 * that the second of two changes sees the result of the first.
 */
async function keepAnAdmin(em: Em, id: number): Promise<void> {
  const canSignIn = { role: 'admin' as const, disabledAt: null, passwordHash: { $ne: null } }
  const admins = await em.find(StaffMember, canSignIn, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE })
  if (admins.length === 1 && admins[0]?.id === id) {
    throw new RuleError('This is the last admin who can sign in. Make someone else an admin first.')
  }
}
