import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { createCustomer } from '../../customers/create.ts'
import { customerFields } from '../../customers/details.ts'
import { looksLikePhone } from '../../customers/list/index.ts'
import { DuplicateError, type Owner } from '../../db/duplicates.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { setCustomer } from '../../till-screen/change-cart.ts'
import type { TillBrowser } from '../../till-screen/till-browser.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, calendarOf, retailerOf } from '../shared/access.ts'
import type { OpenTill } from './index.ts'
import { search } from './till-form.ts'

const NAMES = ['firstName', 'lastName', 'phone', 'email'] as const
type Form = Record<(typeof NAMES)[number], string>

interface NewCustomerPage {
  title: string
  active: 'till'
  bare: true
  browser: TillBrowser
  form: Form
  key: string
  /** The open cart, which is for whoever has a phone or an e-mail already once that is chosen. */
  cart: string
  errors: FieldErrors
  owners: Owner[]
}

declare module '../../web/view.ts' {
  interface Views {
    'till/new-customer': NewCustomerPage
  }
}

const blank = { schema: { querystring: z.object({ q: search }) } } as const
const create = { schema: { body: z.unknown() } } as const
const text = z.string().max(400).catch('')
const typed = z
  .object({ firstName: text, lastName: text, phone: text, email: text })
  .catch({ firstName: '', lastName: '', phone: '', email: '' })

/** Nobody's groups are asked for at the till: whoever is new starts in Default. */
const IN_DEFAULT = { primary: DEFAULT_GROUP, primaryWas: undefined, lists: [], listsWas: [] }

/** A new customer in four fields, for whom the open cart is then. */
export function newCustomerForm(app: App, open: OpenTill): void {
  app.get('/till/new-customer', blank, async (request, reply) => {
    const opened = await open(request, reply)
    if ('instead' in opened) return opened.instead
    return formPage(reply, {
      form: prefilled(request.query.q),
      key: randomUUID(),
      cart: opened.cart.id,
      browser: opened.browser
    })
  })

  app.post('/till/new-customer', create, async (request, reply) => {
    const opened = await open(request, reply)
    if ('instead' in opened) return opened.instead
    const { em } = request
    const form = typed.parse(request.body ?? {})
    const { key } = marksOf(request.body)
    const page = { form, key, cart: opened.cart.id, browser: opened.browser }
    const parsed = customerFields(retailerOf(request).country, calendarOf(request).today).safeParse(form)
    if (!parsed.success) return formPage(reply.code(422), { ...page, errors: fieldErrors(parsed.error) })
    try {
      const actor = actorOf(request)
      const { location } = await createCustomer(
        em,
        { key, form: 'customer', by: actor.id },
        parsed.data,
        IN_DEFAULT,
        actor
      )
      await setCustomer(em, opened.cart, Number(location.split('/').at(-1)))
      return reply.seeOther('/till', `${form.firstName.trim()} was added.`)
    } catch (error) {
      if (!(error instanceof DuplicateError)) throw error
      return formPage(reply.code(409), { ...page, errors: error.errors, owners: error.owners })
    }
  })
}

/** What was searched for goes where it belongs. */
function prefilled(q: string): Form {
  const nothing = { firstName: '', lastName: '', phone: '', email: '' }
  if (looksLikePhone(q)) return { ...nothing, phone: q }
  if (q.includes('@')) return { ...nothing, email: q }
  const [firstName = '', ...rest] = q.split(/\s+/)
  return { ...nothing, firstName, lastName: rest.join(' ') }
}

function formPage(
  reply: FastifyReply,
  page: Pick<NewCustomerPage, 'form' | 'key' | 'cart' | 'browser'> & Partial<NewCustomerPage>
) {
  return reply.page('till/new-customer', {
    title: 'New customer',
    active: 'till',
    bare: true,
    errors: {},
    owners: [],
    ...page
  })
}
