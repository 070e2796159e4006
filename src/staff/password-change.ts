import { sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { dropLinks, useLink } from './links.ts'
import { hashPassword } from './passwords.ts'
import { closeSessionsOf } from './sessions.ts'

interface NewPassword {
  id: number
  passwordHash: string
}

/** Sets a person's password by their one-time link. Returns null if the link has been used already. */
export async function usePasswordLink(
  em: Em,
  link: { token: string; id: number; password: string },
  now: Date
): Promise<NewPassword | null> {
  const passwordHash = await hashPassword(link.password)
  return em.transactional(async (inner) => {
    if (!(await useLink(inner, link.token, now))) return null
    await note(inner, 'password-changed', { id: link.id, now }, { staffMemberId: link.id, details: { by: 'link' } })
    return keepPassword(inner, link.id, passwordHash)
  })
}

/** Sets a person's password, signs them out everywhere and voids their links. */
export async function changePassword(em: Em, id: number, password: string, now: Date): Promise<NewPassword> {
  const passwordHash = await hashPassword(password)
  return em.transactional(async (inner) => {
    await note(inner, 'password-changed', { id, now }, { staffMemberId: id })
    return keepPassword(inner, id, passwordHash)
  })
}

/**
 * Stores a password by plain SQL. MikroORM would raise the person's version, and an open form of theirs would then be
 * refused for no reason.
 */
async function keepPassword(em: Em, id: number, passwordHash: string): Promise<NewPassword> {
  await rows(em, sql`update staff_member set password_hash = ${passwordHash} where id = ${id}`)
  await closeSessionsOf(em, id)
  await dropLinks(em, id)
  return { id, passwordHash }
}
