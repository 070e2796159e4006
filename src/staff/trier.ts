import { createHash, createHmac, timingSafeEqual } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { networkOf } from '../web/network.ts'
import type { Trier } from './attempts.ts'
import type { SessionCookie } from './session-cookie.ts'
import type { StaffMember } from './staff-member.ts'

type PasswordOwner = Pick<StaffMember, 'id' | 'passwordHash'>

const REMEMBERED_SECONDS = 180 * 24 * 60 * 60

/**
 * Who is slowed down for a try to sign in. A browser that this person has signed in with before is counted on its own:
 * what strangers do to the account or from the same address keeps nobody out of their own till.
 */
export function trierOf(request: FastifyRequest, email: string, person: PasswordOwner | null): Trier {
  if (person && isKnown(request, person)) return { account: `known ${person.id}`, address: null }
  // Hashed, because people type their passwords into the wrong field.
  return { account: createHash('sha256').update(email).digest('hex'), address: networkOf(request.ip) }
}

/** Lets in a person who has just shown or chosen their password, and marks their browser until they choose another. */
export async function admit(
  request: FastifyRequest,
  reply: FastifyReply,
  sessions: SessionCookie,
  person: PasswordOwner
): Promise<void> {
  await sessions.start(request, reply, person.id)
  const options = { path: '/sign-in', httpOnly: true, sameSite: 'lax' as const, secure: sessions.secure }
  reply.setCookie(cookieOf(person, sessions.secure), markOf(person), { ...options, maxAge: REMEMBERED_SECONDS })
}

function isKnown(request: FastifyRequest, person: PasswordOwner): boolean {
  if (!person.passwordHash) return false
  // A browser's mark from before the prefix is as good: nobody else can make one.
  const mark = request.cookies[cookieOf(person, true)] ?? request.cookies[cookieOf(person, false)] ?? ''
  const shown = Buffer.from(mark)
  const expected = Buffer.from(markOf(person))
  return shown.length === expected.length && timingSafeEqual(shown, expected)
}

const cookieOf = ({ id }: PasswordOwner, secure: boolean) => `${secure ? '__Secure-' : ''}known-${id}`

/** Keyed with the salted hash of the password: only this server could make it. */
function markOf(person: PasswordOwner): string {
  return createHmac('sha256', person.passwordHash ?? '')
    .update(`known browser of ${person.id}`)
    .digest('base64url')
}
