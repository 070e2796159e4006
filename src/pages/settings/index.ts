import { isDeepStrictEqual } from 'node:util'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { type Choices, choicesFor } from '../../retailer/choices.ts'
import { asTyped, formOf, type RetailerForm, settings, withUsual } from '../../retailer/form.ts'
import { hasSale } from '../../retailer/queries.ts'
import { Retailer } from '../../retailer/retailer.ts'
import { CurrencyFixed, changeRetailer } from '../../retailer/save.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, retailerOf } from '../shared/access.ts'
import { type ConcurrentEdit, saveOrShowBoth } from '../shared/concurrent-edit.ts'

interface SettingsView extends ConcurrentEdit<RetailerForm> {
  title: string
  active: 'settings'
  form: RetailerForm
  errors: FieldErrors
  choices: Choices
  /** The currency can't be changed once there are sales. */
  isCurrencyFixed: boolean
}

declare module '../../web/view.ts' {
  interface Views {
    'settings/index': SettingsView
  }
}

const admins = { config: { role: 'admin' as const } } as const
const change = { ...admins, schema: { body: z.unknown() } } as const

export async function settingsRoutes(app: App) {
  app.get('/settings', admins, async (request, reply) => {
    const retailer = retailerOf(request)
    return settingsPage(request, reply, retailer, { form: formOf(retailer) })
  })

  app.post('/settings', change, async (request, reply) => {
    const retailer = retailerOf(request)
    const form = asTyped(request.body)
    const usual = withUsual(request.body, form)
    const { version } = marksOf(request.body)
    if (usual) return settingsPage(request, reply, retailer, { form: usual, version })
    const parsed = await settings(request.em).safeParseAsync(request.body ?? {})
    if (!parsed.success)
      return settingsPage(request, reply.code(422), retailer, { form, version, errors: fieldErrors(parsed.error) })
    try {
      const save = () => changeRetailer(request.em, parsed.data, actorOf(request)).then(() => saved(reply))
      return await saveOrShowBoth(save, () => conflictPage(request, reply, asTyped(parsed.data)))
    } catch (error) {
      if (!(error instanceof CurrencyFixed)) throw error
      return settingsPage(request, reply.code(409), retailer, { form, errors: { currency: error.message } })
    }
  })
}

/** Shows both versions of the settings. If they are the same, as after a second click, there is no conflict. */
async function conflictPage(request: FastifyRequest, reply: FastifyReply, form: RetailerForm) {
  const retailer = await request.em.findOneOrFail(Retailer, { id: true }, { refresh: true })
  const theirs = formOf(retailer)
  if (isDeepStrictEqual(theirs, form)) return saved(reply)
  return settingsPage(request, reply.code(409), retailer, { form, theirs })
}

const saved = (reply: FastifyReply) => reply.seeOther('/settings', 'The settings are saved.')

async function settingsPage(
  request: FastifyRequest,
  reply: FastifyReply,
  kept: Retailer,
  { form, ...view }: Pick<SettingsView, 'form'> & Partial<SettingsView>
) {
  const isCurrencyFixed = await hasSale(request.em)
  const shown = isCurrencyFixed ? { ...form, currency: kept.currency } : form
  return reply.page('settings/index', {
    title: 'Settings',
    active: 'settings',
    form: shown,
    version: kept.version,
    errors: {},
    choices: choicesFor(shown, isCurrencyFixed),
    isCurrencyFixed,
    theirs: null,
    ...view
  })
}
