import { createHash } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { networkOf } from '../../lib/network.ts'
import type { Trier, Wait } from '../../staff/attempts.ts'
import { isKnown, type PasswordOwner, remember } from './known-browsers.ts'
import type { SessionCookie } from './session-cookie.ts'

/**
 * Who is slowed down after a failed sign-in. A browser that this person has signed in with before is counted
 * separately, so that what strangers do to the account, or from the same network, does not keep its owner out.
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
  remember(request, reply, person, sessions.secure)
}

export function slowDown(reply: FastifyReply, { seconds }: Wait): FastifyReply {
  return reply.code(429).header('retry-after', seconds)
}
