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
    /** The lowest role that may use the page; staff if it is left out. */
    role?: Role
  }
  interface FastifyRequest {
    /** The person who is signed in; null only on public routes. */
    user: SignedIn | null
    /** The retailer; null only before the set-up. */
    retailer: Retailer | null
    /** Whether a form was sent without a session. Its change is only made after a sign-in. */
    lacksSession: boolean
  }
}

/** The person and the retailer of a request, null as in the request. */
export type Visit = Pick<FastifyRequest, 'user' | 'retailer'>

export interface Access {
  findVisit(request: FastifyRequest): Promise<Visit>
  /** Answers a form whose sender's session has ended with a sign-in that keeps what was typed. */
  askAgain(request: FastifyRequest, reply: FastifyReply): Promise<string>
}

/** Finds the person and the retailer of each request before anything else. */
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

/** Checks the role of each request. A route is only public if it says so. */
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

  // By now the body has been read, and no route has been called.
  app.addHook('preValidation', async (request, reply) => {
    if (request.lacksSession) return reply.send(await askAgain(request, reply))
  })
}

/** Whether a request is answered without a person or a retailer. */
function needsNoVisitor({ url }: FastifyRequest): boolean {
  return url.startsWith('/assets/') || url.startsWith('/health/')
}

/** Makes every further line of the log about this request name the person. */
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

/** The formats of a retailer. They are kept, because Intl takes long to make them and they rarely change. */
export function formatOf(retailer: Retailer): Format {
  const key = [retailer.country, retailer.locale, retailer.currency, retailer.timeZone].join()
  const known = formats.get(key)
  if (known) return known
  const made = createFormat(retailer)
  formats.set(key, made)
  return made
}

function askToSignIn(request: FastifyRequest, reply: FastifyReply): FastifyReply {
  // Somebody can't return to a part of a page, but to the page itself.
  const page = wantsFragment(request) ? htmxPagePath(request) : null
  const next = request.method === 'GET' ? (page ?? request.url) : refererPath(request)
  return reply.seeOther(withQuery('/sign-in', { next: next === '/' ? null : next }))
}

/** The refusal says "see" for a page that was opened, and "do" for a form that was sent. */
function refusalOf({ method, routeOptions: { config } }: FastifyRequest): string {
  return `Only ${plural(config.role)} can ${method === 'GET' || method === 'HEAD' ? 'see this page' : 'do this'}.`
}

function plural(role: Role | undefined): string {
  return role === 'admin' ? 'admins' : 'managers and admins'
}

/** The person who is signed in. The hook above lets nobody else reach a handler. */
export function signedIn(request: FastifyRequest): SignedIn {
  if (!request.user) throw new Refusal(403, 'Sign in first.')
  return request.user
}

/** Who makes a change, and when. */
export function actorOf(request: FastifyRequest): StaffActor {
  return { id: signedIn(request).id, now: request.now }
}

export function retailerOf(request: FastifyRequest): Retailer {
  if (!request.retailer) throw new Refusal(409, 'Finish the set-up first.')
  return request.retailer
}

/** Today (YYYY-MM-DD) for the retailer, for all queries about ages and last orders (docs/rules.md, 20). */
export function calendarOf(request: FastifyRequest) {
  const { timeZone } = retailerOf(request)
  return { today: dayIn(timeZone, request.now), timeZone }
}
