import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { once } from '../../../db/once.ts'
import { RuleError } from '../../../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../../../lib/field-errors.ts'
import { idParams, marksOf } from '../../../lib/fields.ts'
import { newKeyForm, tickedScopes } from '../../../tills/form.ts'
import { makeKey } from '../../../tills/keys.ts'
import { findTill } from '../../../tills/queries.ts'
import { SCOPES, type Scope, USUAL_SCOPES } from '../../../tills/scopes.ts'
import type { Shop } from '../../../tills/shop.ts'
import type { Till } from '../../../tills/till.ts'
import type { App } from '../../../web/validation.ts'
import { actorOf } from '../../shared/access.ts'
import { type SettingsPage, titled } from '../heading.ts'

type OfTill = SettingsPage & { till: Till & { shop: Shop } }

declare module '../../../web/view.ts' {
  interface Views {
    'settings/tills/key': OfTill & { all: typeof SCOPES; scopes: Scope[]; errors: FieldErrors; key: string }
    'settings/tills/made': OfTill & { made: string; scopes: string[] }
  }
}

const role = 'admin' as const
const blank = { config: { role }, schema: { params: idParams } } as const
const create = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

/** A till's new key, and the one page that ever shows it. */
export async function newKeyRoutes(app: App) {
  app.get('/settings/tills/:id/key', blank, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    return keyPage(reply, till, { scopes: USUAL_SCOPES, key: randomUUID() })
  })

  app.post('/settings/tills/:id/keys', create, async (request, reply) => {
    const till = await findTill(request.em, request.params.id)
    return make(request, reply, till)
  })
}

async function make(request: FastifyRequest, reply: FastifyReply, till: OfTill['till']) {
  const shown = { scopes: tickedScopes(request.body), key: marksOf(request.body).key }
  const parsed = newKeyForm.safeParse(request.body ?? {})
  if (!parsed.success) return keyPage(reply.code(422), till, { ...shown, errors: fieldErrors(parsed.error) })
  const { scopes, key } = parsed.data
  const actor = actorOf(request)
  try {
    let made = ''
    const { isRepeat } = await once(request.em, { key, form: 'till-key', by: actor.id }, async (em) => {
      made = await makeKey(em, till, scopes, actor)
      return `/settings/tills/${till.id}`
    })
    if (isRepeat) return alreadyShown(reply, till)
    const words = scopes.map((scope) => SCOPES[scope])
    return reply.page('settings/tills/made', { ...titled('New key'), till, made, scopes: words })
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return keyPage(reply.code(409), till, { ...shown, errors: { form: error.message } })
  }
}

/** Of a key only its hash is kept, so nobody can be shown it again. */
function alreadyShown(reply: FastifyReply, till: Till) {
  const text = 'This key was made and shown already. If nobody copied it, end it and make another.'
  return reply.seeOther(`/settings/tills/${till.id}`, { text, tone: 'error' })
}

type Shown = { scopes: Scope[]; key: string; errors?: FieldErrors }

function keyPage(reply: FastifyReply, till: OfTill['till'], { errors = {}, ...shown }: Shown) {
  return reply.page('settings/tills/key', { ...titled('Make a key'), till, all: SCOPES, errors, ...shown })
}
