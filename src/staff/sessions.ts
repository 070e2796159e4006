import { LockMode } from '@mikro-orm/core'
import { type RawBuilder, sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { isOpenSql, isTouchDue, openSince, Session } from './session.ts'
import { isAtLeast, type Role } from './staff-member.ts'
import { hashToken, newToken } from './token.ts'

/**
 * The person who makes a request. This is no entity, because every request reads one, and an entity takes MikroORM a
 * millisecond.
 */
export class SignedIn {
  readonly id: number
  readonly name: string
  readonly email: string
  readonly role: Role

  constructor(person: { id: number; name: string; email: string; role: Role }) {
    this.id = person.id
    this.name = person.name
    this.email = person.email
    this.role = person.role
  }

  may(role: Role): boolean {
    return isAtLeast(this.role, role)
  }
}

export async function openSession(em: Em, staffMemberId: number, now: Date): Promise<string> {
  const token = newToken()
  await em.insert(Session, { tokenHash: hashToken(token), staffMember: staffMemberId, createdAt: now, seenAt: now })
  await em.nativeDelete(Session, { createdAt: { $lt: openSince(now).createdAt } })
  return token
}

/** An open session and its person. */
export interface OpenSession {
  id: number
  name: string
  email: string
  role: Role
  seenAt: string
}

/**
 * A query for the open session of a token, which finds nothing without a token. It is plain SQL, because every request
 * runs it (bench: `overview` and every other page).
 */
export function sessionOf(token: string | undefined, now: Date): RawBuilder<OpenSession> {
  return sql<OpenSession>`
    select person.id, person.name, person.email, person.role, session.seen_at as "seenAt"
    from session join staff_member person on person.id = session.staff_member_id
    where session.token_hash = ${token ? hashToken(token) : null}::bytea and ${isOpenSql(now)} and person.disabled_at is null
  `
}

/** Records that a session is in use, which keeps it open. */
export async function touch(em: Em, token: string, { seenAt }: OpenSession, now: Date): Promise<void> {
  if (!isTouchDue(new Date(seenAt), now)) return
  await em.nativeUpdate(Session, { tokenHash: hashToken(token) }, { seenAt: now })
}

export async function closeSession(em: Em, token: string): Promise<void> {
  await em.nativeDelete(Session, { tokenHash: hashToken(token) })
}

/** Signs a person out of one session at their own wish. */
export async function signOut(em: Em, token: string, now: Date): Promise<void> {
  await em.transactional(async (inner) => {
    const session = await inner.findOne(Session, hashToken(token), { lockMode: LockMode.PESSIMISTIC_WRITE })
    if (!session) return
    inner.remove(session)
    const { id } = session.staffMember
    await note(inner, 'signed-out', { id, now }, { staffMemberId: id })
  })
}

/** Signs a person out everywhere. */
export async function closeSessionsOf(em: Em, staffMemberId: number): Promise<void> {
  await em.nativeDelete(Session, { staffMember: staffMemberId })
}

/** Counts the other browsers in which a person is signed in. */
export async function countOthers(em: Em, staffMemberId: number, token: string, now: Date): Promise<number> {
  const { seenAt, createdAt } = openSince(now)
  return em.count(Session, { ...others(staffMemberId, token), seenAt: { $gt: seenAt }, createdAt: { $gt: createdAt } })
}

/** Signs a person out of all other browsers and returns the number of these. */
export async function signOutOthers(em: Em, staffMemberId: number, token: string, now: Date): Promise<number> {
  return em.transactional(async (inner) => {
    const found = await inner.find(Session, others(staffMemberId, token), { lockMode: LockMode.PESSIMISTIC_WRITE })
    inner.remove(found)
    const sessions = found.filter((one) => one.isOpen(now)).length
    if (sessions)
      await note(inner, 'signed-out-everywhere', { id: staffMemberId, now }, { staffMemberId, details: { sessions } })
    return sessions
  })
}

function others(staffMemberId: number, token: string) {
  return { staffMember: staffMemberId, tokenHash: { $ne: hashToken(token) } }
}
