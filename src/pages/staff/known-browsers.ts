import { createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { id as anId } from '../../lib/fields.ts'
import { StaffMember } from '../../staff/staff-member.ts'

export type PasswordOwner = Pick<StaffMember, 'id' | 'passwordHash'>

/** The most names that a shared terminal lists. */
const MOST_KNOWN = 8

const REMEMBERED_SECONDS = 180 * 24 * 60 * 60
const COOKIE = /^(?:__Secure-)?known-(\d+)$/

/** The cookies are only sent to the sign-in, and no script can read them. */
const options = { path: '/sign-in', httpOnly: true, sameSite: 'lax' as const }
const cookieOf = (id: number, secure: boolean) => `${secure ? '__Secure-' : ''}known-${id}`

/** Marks a browser as one that this person has signed in with, until they choose another password. */
export function remember(request: FastifyRequest, reply: FastifyReply, person: PasswordOwner, secure: boolean): void {
  const mark = markOf(person, Math.floor(request.now.getTime() / 1000))
  reply.setCookie(cookieOf(person.id, secure), mark, { ...options, secure, maxAge: REMEMBERED_SECONDS })
  const others = idsIn(request).filter((id) => id !== person.id)
  forget(reply, others.slice(MOST_KNOWN - 1), secure)
}

/** Forgets everybody who has signed in with this browser. */
export function forgetAll(request: FastifyRequest, reply: FastifyReply, secure: boolean): void {
  forget(reply, idsIn(request), secure)
}

function forget(reply: FastifyReply, ids: number[], secure: boolean): void {
  for (const id of ids) reply.clearCookie(cookieOf(id, secure), { ...options, secure })
}

/** Whether this person has signed in with this browser. */
export function isKnown(request: FastifyRequest, person: PasswordOwner): boolean {
  const mark = markFor(request, person.id)
  if (!person.passwordHash || !mark) return false
  const shown = Buffer.from(mark)
  const expected = Buffer.from(markOf(person, timeOf(mark)))
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

/** Who has signed in with this browser, the last one first. */
export async function knownPeople(request: FastifyRequest): Promise<StaffMember[]> {
  const ids = idsIn(request).slice(0, 2 * MOST_KNOWN)
  if (ids.length === 0) return []
  const where = { id: { $in: ids }, disabledAt: null }
  const people = await request.em.find(StaffMember, where, { populate: ['passwordHash'] })
  const known = people.filter((person) => isKnown(request, person))
  return known.sort((a, b) => ids.indexOf(a.id) - ids.indexOf(b.id)).slice(0, MOST_KNOWN)
}

/** The ids of those for whom a browser sends a mark, genuine or not, newest mark first. */
function idsIn(request: FastifyRequest): number[] {
  const ids = Object.keys(request.cookies).flatMap((name) => anId.safeParse(COOKIE.exec(name)?.[1]).data ?? [])
  const time = (id: number) => timeOf(markFor(request, id) ?? '') ?? 0
  return [...new Set(ids)].sort((a, b) => time(b) - time(a))
}

/**
 * The mark of a person. One without the prefix, from an earlier version, is as good, because nobody else can make one.
 */
function markFor({ cookies }: FastifyRequest, id: number): string | undefined {
  return cookies[cookieOf(id, true)] ?? cookies[cookieOf(id, false)]
}

/** When a mark was made, in seconds since 1970; null if it is from before marks had a time. */
function timeOf(mark: string): number | null {
  const [time, rest] = mark.split('.')
  return rest === undefined ? null : Number(time)
}

/**
 * Makes a mark. Its key is the salted hash of the password, so only this server can make it, and a new password
 * invalidates it.
 */
function markOf({ id, passwordHash }: PasswordOwner, time: number | null): string {
  const said = `known browser of ${id}`
  const hmac = createHmac('sha256', passwordHash ?? '').update(time === null ? said : `${said} since ${time}`)
  return (time === null ? '' : `${time}.`) + hmac.digest('base64url')
}
