import type { App } from '../web/validation.ts'
import type { SessionCookie } from './staff/session-cookie.ts'

const leave = { config: { public: true } } as const

export async function signOutRoutes(app: App, sessions: SessionCookie) {
  app.post('/sign-out', leave, async (request, reply) => {
    await sessions.end(request, reply)
    return reply.seeOther('/sign-in', 'You are signed out.')
  })
}
