import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Refusal, RuleError } from '../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../lib/field-errors.ts'
import { type Choices, choicesFor } from '../retailer/choices.ts'
import {
  asTyped,
  emptyForm,
  type Founder,
  founderFields,
  type RetailerFields,
  type RetailerForm,
  retailerFields,
  withUsual
} from '../retailer/form.ts'
import { findRetailer } from '../retailer/queries.ts'
import { addRetailer } from '../retailer/save.ts'
import { createAdmin } from '../staff/create.ts'
import { findSetUp, useSetUp } from '../staff/links.ts'
import type { App } from '../web/validation.ts'
import { signedIn } from './shared/access.ts'
import type { SessionCookie } from './staff/session-cookie.ts'

declare module '../web/view.ts' {
  interface Views {
    'set-up': {
      title: string
      active: null
      form: RetailerForm
      errors: FieldErrors
      choices: Choices
      /** The token of the link that also makes the first admin; null for an admin who is signed in. */
      token: string | null
      /** False if the shop exists and only lacks its first admin. */
      asksForShop: boolean
    }
  }
}

const finish = { schema: { body: z.unknown() } } as const
const show = { config: { public: true }, schema: { params: z.object({ token: z.string().max(100) }) } } as const
const begin = { ...show, schema: { ...show.schema, body: z.unknown() } } as const

export async function setUpRoutes(app: App, sessions: SessionCookie) {
  app.get('/set-up', async (request, reply) => {
    if (request.retailer) return alreadyThere(request, reply)
    onlyAdmins(request)
    return setUpPage(request, reply, { form: emptyForm })
  })

  app.post('/set-up', finish, async (request, reply) => {
    if (request.retailer) return alreadyThere(request, reply)
    onlyAdmins(request)
    return nameShop(request, reply)
  })

  app.get('/set-up/:token', show, async (request, reply) => {
    const { token } = request.params
    const works = await findSetUp(request.em, token, request.now)
    return works ? setUpPage(request, reply, { form: emptyForm, token }) : usedUp(request, reply)
  })

  app.post('/set-up/:token', begin, async (request, reply) => {
    const { token } = request.params
    const works = await findSetUp(request.em, token, request.now)
    return works ? beginShop(request, reply, sessions, token) : usedUp(request, reply)
  })
}

async function nameShop(request: FastifyRequest, reply: FastifyReply) {
  const usual = withUsual(request.body, asTyped(request.body))
  if (usual) return setUpPage(request, reply, { form: usual })
  const parsed = await retailerFields(request.em).safeParseAsync(request.body ?? {})
  if (!parsed.success) {
    return setUpPage(request, reply.code(422), { form: asTyped(request.body), errors: fieldErrors(parsed.error) })
  }
  const isFirst = await addRetailer(request.em, parsed.data)
  return isFirst ? reply.seeOther('/groups', `${parsed.data.name} is set up.`) : alreadyThere(request, reply)
}

async function beginShop(request: FastifyRequest, reply: FastifyReply, sessions: SessionCookie, token: string) {
  const form = asTyped(request.body)
  const usual = withUsual(request.body, form)
  if (usual) return setUpPage(request, reply, { form: usual, token })
  const founder = founderFields(form).safeParse(request.body ?? {})
  const shop = request.retailer ? null : await retailerFields(request.em).safeParseAsync(request.body ?? {})
  if (!founder.success || shop?.success === false) {
    const errors = { ...problems(founder), ...problems(shop) }
    return setUpPage(request, reply.code(422), { form, token, errors })
  }
  const adminId = await openShop(request, token, founder.data, shop?.data ?? null)
  if (adminId === null) return usedUp(request, reply)
  await sessions.start(request, reply, adminId)
  return reply.seeOther('/groups', `Welcome, ${founder.data.adminName}. You are signed in.`)
}

/** Answers somebody who sets up a shop that already exists, perhaps by a second click. */
function alreadyThere(request: FastifyRequest, reply: FastifyReply) {
  if (!signedIn(request).may('admin')) return reply.seeOther('/groups')
  if (request.method === 'GET') return reply.seeOther('/settings')
  return reply.seeOther('/settings', 'The shop is already set up. Here are its settings.')
}

function onlyAdmins(request: FastifyRequest): void {
  if (!signedIn(request).may('admin')) throw new Refusal(403, 'Ask an admin to finish the set-up.')
}

/** Answers a link that no longer works. A second click finds it used up by the first, with the account in place. */
async function usedUp({ em }: FastifyRequest, reply: FastifyReply) {
  const isOpen = await findRetailer(em)
  if (isOpen) return reply.seeOther('/sign-in', 'The shop is already set up, so this link no longer works. Sign in.')
  throw new Refusal(
    404,
    'This set-up link has expired or was already used. Sign in, or restart Clientele to get a new one.'
  )
}

/** Uses up the link and makes the retailer and its first admin, or does nothing. Null if the link was used before. */
async function openShop({ em, now }: FastifyRequest, token: string, founder: Founder, shop: RetailerFields | null) {
  return em.transactional(async (inner) => {
    if (!(await useSetUp(inner, token, now))) return null
    const isThere = shop !== null && !(await addRetailer(inner, shop))
    if (isThere) throw new RuleError('Someone set up the shop a moment ago. Open the link again.')
    const { adminName: name, email, password } = founder
    return createAdmin(inner, { name, email, password })
  })
}

function problems(parsed: z.ZodSafeParseResult<unknown> | null): FieldErrors {
  return parsed?.error ? fieldErrors(parsed.error) : {}
}

interface SetUpView {
  form: RetailerForm
  token?: string
  errors?: FieldErrors
}

function setUpPage(request: FastifyRequest, reply: FastifyReply, { form, token, errors = {} }: SetUpView) {
  return reply.page('set-up', {
    title: token ? 'Welcome to Clientele' : 'Set up the shop',
    active: null,
    form,
    errors,
    choices: choicesFor(form),
    token: token ?? null,
    asksForShop: request.retailer === null
  })
}
