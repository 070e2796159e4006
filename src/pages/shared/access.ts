import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { FIELDS } from '../../customers/fields.ts'
import { GENDER_NAMES } from '../../customers/gender.ts'
import type { StaffActor } from '../../lib/actor.ts'
import { Refusal } from '../../lib/errors.ts'
import { createFormat, dayIn, type Format } from '../../lib/format.ts'
import { withQuery } from '../../lib/url.ts'
import type { Retailer } from '../../retailer/retailer.ts'
import type { SignedIn } from '../../staff/sessions.ts'
import { ROLE_NAMES, type Role } from '../../staff/staff-member.ts'
import { isForm } from '../../web/bodies.ts'
import { htmxPagePath, refererPath } from '../../web/url.ts'
import { wantsFragment } from '../../web/view.ts'
import { navigation } from './navigation.ts'

declare module 'fastify' {
  interface FastifyContextConfig {
    /** The least role that may; staff if nothing is said. Of pages alone. */
    role?: Role
  }
  interface FastifyRequest {
    /** Null only on public routes. */
    user: SignedIn | null
    /** Null only before the first start's set-up. */
    retailer: Retailer | null
    /** What it changes, it may only once somebody has signed in. */
    lacksSession: boolean
  }
}

/** Who asks, and of whom; each null as a request has it. */
export type Visit = Pick<FastifyRequest, 'user' | 'retailer'>

export interface Access {
  findVisit(request: FastifyRequest): Promise<Visit>
  /** The answer to a form whose sender's session has ended: a sign-in that what was typed outlives. */
  askAgain(request: FastifyRequest, reply: FastifyReply): Promise<string>
}

/** Every request of a page knows its retailer and its person before anything else is asked of it. */
export function recogniseVisitors(app: FastifyInstance, { findVisit }: Pick<Access, 'findVisit'>): void {
  app.decorateRequest('user', null)
  app.decorateRequest('retailer', null)
  app.decorateRequest('lacksSession', false)

  app.addHook('onRequest', async (request, reply) => {
    if (needsNoVisitor(request)) return
    Object.assign(request, await findVisit(request))
    reply.locals = locals(request)
    if (request.user) logWho(request, reply, request.user.id)
  })
}

/** No route is open by oversight. */
export function controlAccess(app: FastifyInstance, { askAgain }: Pick<Access, 'askAgain'>): void {
  app.addHook('onRequest', async (request, reply) => {
    const { config } = request.routeOptions
    if (config.public || needsNoVisitor(request)) return
    if (!request.user) {
      request.lacksSession = isForm(request)
      return request.lacksSession ? undefined : askToSignIn(request, reply)
    }
    if (!request.user.may(config.role ?? 'staff')) throw new Refusal(403, refusalOf(request))
    if (!request.retailer && !request.url.startsWith('/set-up')) return reply.redirect('/set-up', 303)
  })

  // When its body has been read, and before any route is asked.
  app.addHook('preValidation', async (request, reply) => {
    if (request.lacksSession) return reply.send(await askAgain(request, reply))
  })
}

/** Neither a person nor a retailer is needed to answer these. */
function needsNoVisitor({ url }: FastifyRequest): boolean {
  return url.startsWith('/assets/') || url.startsWith('/health/')
}

/** From here on every line of the log about this request names who made it. */
function logWho(request: FastifyRequest, reply: FastifyReply, staff: number): void {
  request.log = request.log.child({ staff })
  reply.log = request.log
}

function locals(request: FastifyRequest) {
  const { user, retailer } = request
  return {
    user,
    retailer,
    path: request.url.split('?')[0],
    now: request.now,
    genderNames: GENDER_NAMES,
    customerFields: FIELDS,
    nav: user ? navigation(user) : [],
    f: retailer ? formatOf(retailer) : null,
    may: (role: Role) => user?.may(role) ?? false,
    roleName: (role: Role) => ROLE_NAMES[role]
  }
}

const formats = new Map<string, Format>()

/** Intl's formats are slow to make, and a retailer's rarely change. */
export function formatOf(retailer: Retailer): Format {
  const key = [retailer.country, retailer.locale, retailer.currency, retailer.timeZone].join()
  const known = formats.get(key)
  if (known) return known
  const made = createFormat(retailer)
  formats.set(key, made)
  return made
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // A part of a page is nothing to come back to, but the page is.
  const page = wantsFragment(request) ? htmxPagePath(request) : null
  const next = request.method === 'GET' ? (page ?? request.url) : refererPath(request)
  return reply.seeOther(withQuery('/sign-in', { next: next === '/' ? null : next }))
}

/** A page that was merely opened is not something that somebody wanted to do. */
function refusalOf({ method, routeOptions: { config } }: FastifyRequest): string {
  return `Only ${plural(config.role)} can ${method === 'GET' || method === 'HEAD' ? 'see this page' : 'do this'}.`
}

function plural(role: Role | undefined): string {
  return role === 'admin' ? 'admins' : 'managers and admins'
}

/** The person a handler runs for; the hook above has let nobody else in. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (!request.user) throw new Refusal(403, 'Sign in first.')
  return request.user
}

/** Whose change it is, and of which moment. */
export function actorOf(request: FastifyRequest): StaffActor {
  return { id: signedIn(request).id, now: request.now }
}

export function retailerOf(request: FastifyRequest): Retailer {
  if (!request.retailer) throw new Refusal(409, 'Finish the set-up first.')
  return request.retailer
}

/** Today where the retailer is, YYYY-MM-DD: the value every query about age and last orders is given (docs/rules.md, 20). */
export function calendarOf(request: FastifyRequest) {
  const { timeZone } = retailerOf(request)
  return { today: dayIn(timeZone, request.now), timeZone }
}
