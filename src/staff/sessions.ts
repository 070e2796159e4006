import { createHash, randomBytes } from 'node:crypto'
import { type RawBuilder, sql } from 'kysely'
import { note } from '../activity/note.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { ROLES, type Role } from './staff-member.ts'

/** A session ends after 12 hours without a request, and after 7 days whatever happens. */
const IDLE_HOURS = 12
const LONGEST_DAYS = 7

/** How often a session in use is written to: its idle time is exact to this. */
const TOUCH_MINUTES = 5

export const SESSION_SECONDS = LONGEST_DAYS * 24 * 60 * 60

/** Who makes a request. */
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
    return ROLES.indexOf(this.role) >= ROLES.indexOf(role)
  }
}

/** 256 random bits, so that a plain hash at rest is enough. */
export function newToken(): string {
  return randomBytes(32).toString('base64url')
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest()
}

export async function openSession(em: Em, staffMemberId: number, now: Date): Promise<string> {
  const token = newToken()
  await rows(
    em,
    sql`
    insert into session (token_hash, staff_member_id, created_at, seen_at)
    values (${hashToken(token)}, ${staffMemberId}, ${now}, ${now})
  `
  )
  await rows(em, sql`delete from session where created_at < ${daysBefore(now, LONGEST_DAYS)}`)
  return token
}

/** A session that is open, and whose it is. */
export interface OpenSession {
  id: number
  name: string
  email: string
  role: Role
  seenAt: string
}

/** The one that a token opens, if any: without one there is none. */
export function sessionOf(token: string | undefined, now: Date): RawBuilder<OpenSession> {
  return sql<OpenSession>`
    select person.id, person.name, person.email, person.role, session.seen_at as "seenAt"
    from session join staff_member person on person.id = session.staff_member_id
    where session.token_hash = ${token ? hashToken(token) : null}::bytea and ${isOpen(now)} and person.disabled_at is null
  `
}

/** Keeps a session open that is in use. */
export async function touch(em: Em, token: string, { seenAt }: OpenSession, now: Date): Promise<void> {
  if (now.getTime() - new Date(seenAt).getTime() <= TOUCH_MINUTES * 60_000) return
  await rows(em, sql`update session set seen_at = ${now} where token_hash = ${hashToken(token)}`)
}

/** Answers whose it was, if it was still open. */
export async function closeSession(em: Em, token: string): Promise<number | null> {
  const closed = await row(
    em,
    sql<{ id: number }>`delete from session where token_hash = ${hashToken(token)} returning staff_member_id as id`
  )
  return closed?.id ?? null
}

/** Closes a session at its person's own wish. */
export async function signOut(em: Em, token: string, now: Date): Promise<void> {
  await em.transactional(async (inner) => {
    const id = await closeSession(inner, token)
    if (id !== null) await note(inner, 'signed-out', { id, now }, { staffMemberId: id })
  })
}

/** Signs a person out everywhere. */
export async function closeSessionsOf(em: Em, staffMemberId: number): Promise<void> {
  await rows(em, sql`delete from session where staff_member_id = ${staffMemberId}`)
}

/** In how many other browsers a person is signed in than the one that is asking. */
export async function countOthers(em: Em, staffMemberId: number, token: string, now: Date): Promise<number> {
  const others = await row(
    em,
    sql<{ count: number }>`select count(*)::int from session where ${isOther(staffMemberId, token)} and ${isOpen(now)}`
  )
  return others?.count ?? 0
}

/** Signs a person out everywhere but where they ask for it; says of how many browsers. */
export async function signOutOthers(em: Em, staffMemberId: number, token: string, now: Date): Promise<number> {
  return em.transactional(async (inner) => {
    const closed = await rows(
      inner,
      sql<{ isOpen: boolean }>`
      delete from session where ${isOther(staffMemberId, token)} returning ${isOpen(now)} as "isOpen"
    `
    )
    const sessions = closed.filter((one) => one.isOpen).length
    if (sessions)
      await note(inner, 'signed-out-everywhere', { id: staffMemberId, now }, { staffMemberId, details: { sessions } })
    return sessions
  })
}

function isOther(staffMemberId: number, token: string) {
  return sql<boolean>`session.staff_member_id = ${staffMemberId} and session.token_hash <> ${hashToken(token)}`
}

function isOpen(now: Date) {
  return sql<boolean>`
    (session.seen_at > ${hoursBefore(now, IDLE_HOURS)} and session.created_at > ${daysBefore(now, LONGEST_DAYS)})
  `
}

function hoursBefore(moment: Date, hours: number): Date {
  return new Date(moment.getTime() - hours * 60 * 60 * 1000)
}

function daysBefore(moment: Date, days: number): Date {
  return hoursBefore(moment, days * 24)
}
