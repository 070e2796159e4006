import type { FastifyReply, FastifyRequest } from 'fastify'
import { SESSION_SECONDS } from '../../staff/session.ts'
import { closeSession, openSession, signOut } from '../../staff/sessions.ts'

/** The cookie that holds the session's token. Scripts can't read it, and with https only this host can set it. */
export function createSessionCookie(publicUrl: string | undefined) {
  const secure = publicUrl?.startsWith('https:') ?? false
  const name = secure ? '__Host-session' : 'session'
  const options = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure }

  const tokenOf = (request: FastifyRequest) => request.cookies[name]

  return {
    secure,
    tokenOf,

    /** Opens a session with a new token, and ends the one that came with the request. */
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
