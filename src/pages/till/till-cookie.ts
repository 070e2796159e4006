import type { FastifyReply, FastifyRequest } from 'fastify'

/** As long as browsers keep a cookie. It is set again each time that a manager ties the browser. */
const KEPT_SECONDS = 400 * 24 * 60 * 60

/** The token that ties a browser to a till, in a cookie that is named and secured as the session's is. */
export function createTillCookie(secure: boolean) {
  const name = secure ? '__Host-till' : 'till'
  const options = { path: '/', httpOnly: true, sameSite: 'lax' as const, secure }
  return {
    tokenOf: (request: FastifyRequest) => request.cookies[name],
    set: (reply: FastifyReply, token: string) => reply.setCookie(name, token, { ...options, maxAge: KEPT_SECONDS }),
    clear: (reply: FastifyReply) => reply.clearCookie(name, options)
  }
}

export type TillCookie = ReturnType<typeof createTillCookie>
