import { note } from '../activity/note.ts'
import { once } from '../db/once.ts'
import type { Em } from '../db/orm.ts'
import type { StaffActor } from '../lib/actor.ts'
import { createAccount } from './create.ts'
import type { Invitation } from './form.ts'

/** Creates an account without a password and returns its id. A form that is sent twice creates one account. */
export async function invite(em: Em, form: Invitation, actor: StaffActor): Promise<number> {
  const { name, email, role, key } = form
  const { location } = await once(em, { key, form: 'invitation', by: actor.id }, async (inner) => {
    const id = await createAccount(inner, { name, email, role, passwordHash: null }, actor.now)
    await note(inner, 'staff-invited', actor, { staffMemberId: id, details: { by: role } })
    return `/staff/${id}`
  })
  return Number(location.slice('/staff/'.length))
}
