import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import { Refusal } from '../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../lib/field-errors.ts'
import { findLinkOwner } from '../staff/links.ts'
import { usePasswordLink } from '../staff/password-change.ts'
import { newPassword } from '../staff/passwords.ts'
import type { StaffMember } from '../staff/staff-member.ts'
import type { App } from '../web/validation.ts'
import { homeOf } from './shared/navigation.ts'
import type { SessionCookie } from './staff/session-cookie.ts'
import { admit } from './staff/trier.ts'

declare module '../web/view.ts' {
  interface Views {
    link: { title: string; active: null; person: StaffMember; token: string; errors: FieldErrors }
  }
}

const params = z.object({ token: z.string().max(100) })
const show = { config: { public: true }, schema: { params } } as const
const choose = { config: { public: true }, schema: { params, body: z.unknown() } } as const

/** The page behind an invitation or a password reset link. */
export async function linkRoutes(app: App, sessions: SessionCookie) {
  app.get('/link/:token', show, async (request, reply) => {
    const { token } = request.params
    const person = await findOwner(request.em, token, request.now)
    return choosePage(reply, person, token)
  })

  app.post('/link/:token', choose, async (request, reply) => {
    const { token } = request.params
    const person = await findOwner(request.em, token, request.now)
    const form = z.object({ password: newPassword([person.name, person.email]) })
    const parsed = form.safeParse(request.body ?? {})
    if (!parsed.success) return choosePage(reply.code(422), person, token, fieldErrors(parsed.error))
    const chosen = await usePasswordLink(request.em, { token, id: person.id, ...parsed.data }, request.now)
    if (!chosen) throw usedUp()
    await admit(request, reply, sessions, chosen)
    return reply.seeOther(homeOf(person), 'Your password is set, and you are signed in.')
  })
}

async function findOwner(em: Em, token: string, now: Date): Promise<StaffMember> {
  const person = await findLinkOwner(em, token, now)
  if (!person || person.state === 'disabled') throw usedUp()
  return person
}

function usedUp(): Refusal {
  return new Refusal(404, 'This link has expired or was already used. Ask an admin for a new one.')
}

function choosePage(reply: FastifyReply, person: StaffMember, token: string, errors: FieldErrors = {}) {
  return reply.page('link', { title: 'Choose a password', active: null, person, token, errors })
}
