import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_SECONDS } from '../../staff/session.ts'
import { closeSession, openSession, signOut } from '../../staff/sessions.ts'

/** The session's token in a cookie that scripts can't read; behind https one that only our own host can set. */
export function createSessionCookie(publicUrl: string | undefined) {
  const secure = publicUrl?.startsWith('https:') ?? false
  const name = secure ? '__Host-session' : 'session'
  const options = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure }

  const tokenOf = (request: FastifyRequest) => request.cookies[name]

  return {
    secure,
    tokenOf,

    /** Opens a session with a new token; the one that came with the request, if any, is over. */
    async start(request: FastifyRequest, reply: FastifyReply, staffMemberId: number): Promise<void> {
      const before = tokenOf(request)
      if (before) await closeSession(request.em, before)
      const token = await openSession(request.em, staffMemberId, request.now)
      reply.setCookie(name, token, { ...options, maxAge: SESSION_SECONDS })
    },

    async end(request: FastifyRequest, reply: FastifyReply): Promise<void> {
      const token = tokenOf(request)
      if (token) await signOut(request.em, token, request.now)
      reply.clearCookie(name, options)
    }
  }
}

export type SessionCookie = ReturnType<typeof createSessionCookie>
