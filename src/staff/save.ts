import { LockMode } from '@mikro-orm/core'
import { sql } from 'kysely'
import { changesBetween, note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import type { StaffChanges } from './form.ts'
import { dropLinks } from './links.ts'
import { closeSessionsOf } from './sessions.ts'
import { StaffMember } from './staff-member.ts'

/** Changes a person unless somebody else did since version `form.version`; says whether it did. */
export async function changeStaff(em: Em, id: number, form: StaffChanges, actor: Actor): Promise<boolean> {
  const { name, role, version } = form
  return em.transactional(async (inner) => {
    if (role !== 'admin') await keepAnAdmin(inner, id)
    const before = await row(
      inner,
      sql<Pick<StaffChanges, 'name' | 'role'>>`select name, role from staff_member where id = ${id} for no key update`
    )
    const changed = await inner.nativeUpdate(StaffMember, { id, version }, { name, role, version: version + 1 })
    if (changed === 0 || !before) return false
    const changes = changesBetween(before, { name, role })
    if (changes.length) await note(inner, 'staff-changed', actor, { staffMemberId: id, details: { changes } })
    return true
  })
}

/** Signs a person out everywhere, at once, and lets them in no more. */
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
    // Of a sign-in that was under way while the person was disabled.
    await closeSessionsOf(inner, id)
  })
}

/**
 * Refuses to go on without the person if they are the last admin who can sign in. Whoever takes an admin away locks all
 * of them first, so that the second of two sees what the first has left.
 */
async function keepAnAdmin(em: Em, id: number): Promise<void> {
  const canSignIn = { role: 'admin' as const, disabledAt: null, passwordHash: { $ne: null } }
  const admins = await em.find(StaffMember, canSignIn, { orderBy: { id: 'asc' }, lockMode: LockMode.PESSIMISTIC_WRITE })
  if (admins.length === 1 && admins[0]?.id === id) {
    throw new RuleError('This is the last admin who can sign in. Make someone else an admin first.')
  }
}
