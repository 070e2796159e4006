import type { FastifyReply, FastifyRequest } from 'fastify'
import type { SessionCookie } from '../staff/session-cookie.ts'

/** Whoever signs in next goes on with the cart: it is the browser's. */
export async function lockTill(request: FastifyRequest, reply: FastifyReply, sessions: SessionCookie) {
  await sessions.end(request, reply)
  return reply.seeOther('/sign-in?next=/till', 'The till is locked. Nothing in the cart is lost.')
}
