import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../lib/field-errors.ts'
import { tryPassword, type Wait } from '../staff/attempts.ts'
import { changePassword } from '../staff/password-change.ts'
import { newPassword } from '../staff/passwords.ts'
import { countOthers, type SignedIn, signOutOthers } from '../staff/sessions.ts'
import { StaffMember } from '../staff/staff-member.ts'
import type { App } from '../web/validation.ts'
import { signedIn } from './shared/access.ts'
import type { SessionCookie } from './staff/session-cookie.ts'
import { admit, slowDown } from './staff/trier.ts'

declare module '../web/view.ts' {
  interface Views {
    profile: {
      title: string
      active: 'profile'
      person: SignedIn
      /** The number of other browsers in which they are signed in. */
      others: number
      errors: FieldErrors
    }
  }
}

const change = { schema: { body: z.unknown() } } as const

/** The page of the person who is signed in. */
export async function profileRoutes(app: App, sessions: SessionCookie) {
  app.get('/profile', async (request, reply) => profilePage(request, reply))

  app.post('/profile/password', change, async (request, reply) => {
    const me = signedIn(request)
    const parsed = passwordForm(me).safeParse(request.body ?? {})
    if (!parsed.success) return profilePage(request, reply.code(422), fieldErrors(parsed.error))
    const proof = await prove(request, me, parsed.data.current)
    if (typeof proof === 'object') return profilePage(request, slowDown(reply, proof), { form: proof.sentence })
    if (!proof) return profilePage(request, reply.code(422), { current: 'This is not your current password.' })
    const chosen = await changePassword(request.em, me.id, parsed.data.password, request.now)
    await admit(request, reply, sessions, chosen)
    return reply.seeOther('/profile', 'You changed your password. You are signed out everywhere else.')
  })

  app.post('/profile/sign-out-everywhere', async (request, reply) => {
    const ended = await signOutOthers(request.em, signedIn(request).id, sessions.tokenOf(request) ?? '', request.now)
    return reply.seeOther('/profile', signedOutSentence(ended))
  })

  async function profilePage(request: FastifyRequest, reply: FastifyReply, errors: FieldErrors = {}) {
    const person = signedIn(request)
    const others = await countOthers(request.em, person.id, sessions.tokenOf(request) ?? '', request.now)
    return reply.page('profile', { title: 'Your profile', active: 'profile', person, others, errors })
  }
}

function signedOutSentence(ended: number): string {
  if (ended === 0) return 'You were not signed in anywhere else.'
  return `You signed out of ${ended === 1 ? '1 other browser' : `${ended} other browsers`}. You are still signed in here.`
}

function passwordForm({ name, email }: SignedIn) {
  const current = z.string('Enter your current password.').default('')
  return z.object({
    current: current.refine((value) => value !== '', 'Enter your current password.'),
    password: newPassword([name, email])
  })
}

/**
 * Whether the current password is right, or how long to wait before the next try. Somebody else at an open browser
 * would have to guess it.
 */
async function prove(request: FastifyRequest, { id }: SignedIn, current: string): Promise<boolean | Wait> {
  const trier = { account: `profile ${id}`, address: null }
  const person = await request.em.findOneOrFail(StaffMember, id, { populate: ['passwordHash'] })
  return tryPassword(request.em, trier, person, current)
}
