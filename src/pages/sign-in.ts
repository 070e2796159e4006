import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { note } from '../activity/note.ts'
import { type FieldErrors, fieldErrors } from '../lib/field-errors.ts'
import { id, localPath, requiredLine } from '../lib/fields.ts'
import { networkOf } from '../lib/network.ts'
import { withQuery } from '../lib/url.ts'
import type { StaffMember } from '../staff/staff-member.ts'
import { refererPath } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import { homeOf } from './shared/navigation.ts'
import { identify } from './staff/identify.ts'
import { type KeptForm, keepForm, readKept } from './staff/kept-form.ts'
import { forgetAll, knownPeople } from './staff/known-browsers.ts'
import type { SessionCookie } from './staff/session-cookie.ts'
import { admit, slowDown } from './staff/trier.ts'

interface SignInForm {
  email: string
  next: string | null
  /** The form that was sent without a session. It is sent on after the sign-in. */
  kept: KeptForm | null
  /** The person chosen among those who have signed in with this browser. Only their password is asked for. */
  as: StaffMember | null
}

declare module '../web/view.ts' {
  interface Views {
    'sign-in': { title: string; active: null; form: SignInForm; isCutOff: boolean; errors: FieldErrors }
    'staff/who': { title: string; active: null; people: StaffMember[]; next: string | null }
    'staff/continue': { title: string; active: null; kept: KeptForm; person: StaffMember }
  }
}

const MISTYPED = 'The password is wrong.'
const WRONG = 'The e-mail or password is wrong.'

/**
 * The address to go to after the sign-in. It becomes a header, which can only hold printable ASCII; a browser's
 * addresses consist of that.
 */
const next = localPath.transform((path) => (path && /^[\x21-\x7e]+$/.test(path) ? path : null))

const open = {
  config: { public: true },
  schema: { querystring: z.object({ next, as: id.or(z.literal('other')).nullable().catch(null).default(null) }) }
} as const
const enter = { config: { public: true, countsTries: true }, schema: { body: z.unknown() } } as const
const leave = { config: { public: true } } as const
const forget = { config: { public: true }, schema: { body: z.object({ next }).catch({ next: null }) } } as const

const kept = z.unknown().optional().transform(readKept)

const credentials = z.object({
  email: requiredLine('The e-mail', 254, 'Enter your e-mail.').transform((value) => value.toLowerCase()),
  password: z.string('Enter your password.').min(1, 'Enter your password.'),
  next,
  kept
})

const typed = z.object({ email: z.string().max(4000).catch(''), next, kept, as: id.optional().catch(undefined) })

export async function signInRoutes(app: App, sessions: SessionCookie) {
  app.get('/sign-in', open, async (request, reply) => {
    const { next, as } = request.query
    return request.user ? reply.seeOther(next ?? homeOf(request.user)) : whoPage(request, reply, next, as)
  })

  app.post('/sign-in', enter, async (request, reply) => {
    const form = await formOf(request)
    const sent = { ...Object(request.body), ...(form.as && { email: form.as.email }) }
    const parsed = credentials.safeParse(sent)
    if (!parsed.success) return signInPage(reply.code(422), form, fieldErrors(parsed.error))
    const person = await identify(request, parsed.data)
    if (person === null) return signInPage(reply.code(422), form, form.as ? { password: MISTYPED } : { form: WRONG })
    if ('seconds' in person) return signInPage(slowDown(reply, person), form, { form: person.sentence })
    await request.em.transactional(async (em) => {
      await note(em, 'signed-in', { id: person.id, now: request.now }, { staffMemberId: person.id })
      await admit(request, reply, sessions, person)
    })
    request.log.info({ network: networkOf(request.ip), staff: person.id }, 'signed in')
    const { kept, next } = parsed.data
    return kept ? goOn(reply, kept, person) : reply.seeOther(next ?? homeOf(person))
  })

  // Whoever leaves is signed out at once, so that a terminal that nobody takes over is not left signed in.
  app.post('/sign-in/switch', leave, async (request, reply) => {
    await sessions.end(request, reply)
    return reply.seeOther('/sign-in')
  })

  app.post('/sign-in/forget', forget, async (request, reply) => {
    forgetAll(request, reply, sessions.secure)
    return reply.seeOther(withQuery('/sign-in', { next: request.body.next }), 'The names on this device are cleared.')
  })
}

/** Reads the typed values. "as" only counts in a browser that the person has signed in with. */
async function formOf(request: FastifyRequest): Promise<SignInForm> {
  const { as, ...form } = typed.parse(request.body ?? {})
  return { ...form, as: as ? await knownAs(request, as) : null }
}

async function knownAs(request: FastifyRequest, id: number): Promise<StaffMember | null> {
  const people = await knownPeople(request)
  return people.find((one) => one.id === id) ?? null
}

/**
 * Lists the people who have signed in with this browser, if there are several. Somebody who is not listed gets the
 * usual form.
 */
async function whoPage(request: FastifyRequest, reply: FastifyReply, next: string | null, as: number | 'other' | null) {
  const people = as === 'other' ? [] : await knownPeople(request)
  const person = people.find((one) => one.id === as) ?? null
  if (person || people.length < 2) return signInPage(reply, { email: '', next, kept: null, as: person })
  return reply.page('staff/who', { title: 'Sign in', active: null, people, next })
}

function signInPage(reply: FastifyReply, form: SignInForm, errors: FieldErrors = {}, isCutOff = false) {
  return reply.page('sign-in', { title: 'Sign in', active: null, form, isCutOff, errors })
}

/** Answers a form with the sign-in page, which keeps what was typed or, if it can't, the address where it was typed. */
export function askAgain(request: FastifyRequest, reply: FastifyReply): Promise<string> {
  // htmx must replace the whole page, not a part of it.
  if (request.headers['hx-request']) reply.headers({ 'HX-Retarget': 'body', 'HX-Reswap': 'innerHTML' })
  const kept = keepForm(request)
  const back = next.parse(refererPath(request) ?? undefined)
  return signInPage(reply.code(401), { email: '', next: back, kept, as: null }, {}, true)
}

/** Offers to send the kept form on. This takes a button, because somebody else may have signed in. */
function goOn(reply: FastifyReply, kept: KeptForm, person: StaffMember) {
  return reply.page('staff/continue', { title: 'Signed in again', active: null, kept, person })
}
