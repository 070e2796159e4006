import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { createCustomer } from '../../customers/create.ts'
import { Customer } from '../../customers/customer.ts'
import type { CustomerFields } from '../../customers/details.ts'
import { findLocations } from '../../customers/list/locations.ts'
import type { CustomerOwner } from '../../customers/list/queries.ts'
import { ContactTaken, changeCustomer } from '../../customers/save.ts'
import { findTwins, isRenamed, type Twin } from '../../customers/twins.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams, ids, line, localPath } from '../../lib/fields.ts'
import { listMemberships, type Move, onto } from '../../membership/of-customer.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, retailerOf, signedIn } from '../shared/access.ts'
import { type GroupField, type GroupFieldsView, groupField, groupFieldsView } from './choices.ts'
import { asKept, blank, type Entered, enter, formOf } from './entered.ts'
import { type CustomerForm, newcomerFields } from './form.ts'
import { answeredFor, answersAnother, findLeaving, type Leaving } from './owing.ts'

interface Theirs {
  form: CustomerForm
  primary: string
}

interface FormView extends Entered {
  title: string
  active: 'customers'
  /** Null for a new customer. */
  customer: Customer | null
  fields: GroupFieldsView
  /** Whose the phone or the e-mail is already. */
  owners: CustomerOwner[]
  /** What somebody else saved since the form was opened. */
  theirs: Theirs | null
  /** Asked before the customer leaves their primary group. */
  owing: Leaving | null
  /** The group for which that was answered; it goes on with the form, so that another question does not bring this one back. */
  owingAnswered: number | null
  /** Who may be the same person. */
  twins: Twin[]
  /** Suggestions for the location. */
  locations: string[]
  /** The list that it was opened from, in its window. */
  back: string | null
}

declare module '../../web/view.ts' {
  interface Views {
    'customers/new': FormView
    'customers/edit': FormView
    'customers/locations': { title: string; active: 'customers'; locations: string[] }
    'customers/choices': { title: string; active: 'customers'; field: GroupField }
  }
}

const blankForm = { schema: { querystring: newcomerFields } } as const
const create = { schema: { body: z.unknown() } } as const
const show = { schema: { params: idParams, querystring: z.object({ back: localPath }) } } as const
const sentFrom = z.object({ back: localPath }).catch({ back: undefined })
const change = { schema: { params: idParams, body: z.unknown() } } as const
const search = line('The search', 80).catch('')
const find = {
  schema: {
    querystring: z.object({
      kind: z.enum(['primary', 'list']).catch('list'),
      listsQuery: search,
      lists: ids.catch([]),
      primaryQuery: search,
      primary: ids.catch([])
    })
  }
} as const

const locate = { schema: { querystring: z.object({ location: search }) } } as const

const FINDING = { title: 'Find a group', active: 'customers' } as const

export async function customerFormRoutes(app: App) {
  app.get('/customers/new', blankForm, async (request, reply) => formPage(request, reply, null, blank(request.query)))

  app.post('/customers', create, async (request, reply) => {
    const entered = await enter(request, null)
    return submit(request, reply, null, entered, async (values) => {
      const actor = actorOf(request)
      const sent = { key: entered.key, form: 'customer', by: actor.id }
      const { location } = await createCustomer(request.em, sent, values, entered.chosen, actor)
      return reply.seeOther(location, `${nameOf(values)} was added.`)
    })
  })

  app.get('/customers/locations', locate, async (request, reply) => {
    const locations = await findLocations(request.em, request.query.location)
    return reply.page(
      'customers/locations',
      { title: 'Locations', active: 'customers', locations },
      'customers/_locations'
    )
  })

  app.get('/customers/choices', find, async (request, reply) => {
    const { kind, lists, listsQuery, primary, primaryQuery } = request.query
    const user = signedIn(request)
    if (kind === 'list') {
      const field = await groupField(request.em, 'list', lists, listsQuery, user)
      return reply.page('customers/choices', { ...FINDING, field }, 'customers/_lists')
    }
    const field = await groupField(request.em, 'primary', primary, primaryQuery, user)
    return reply.page('customers/choices', { ...FINDING, field }, 'customers/_primary_options')
  })

  app.get('/customers/:id/edit', show, async (request, reply) => {
    const customer = await findEditable(request, request.params.id)
    const { back = null } = request.query
    return formPage(request, reply, customer, await asKept(request, customer), { back })
  })

  app.post('/customers/:id/edit', change, async (request, reply) => {
    const customer = await findEditable(request, request.params.id)
    const entered = await enter(request, customer)
    return submit(request, reply, customer, entered, async (values) => {
      const owing = await findLeaving(request, customer, entered.chosen)
      if (owing || answersAnother(request, entered.chosen))
        return formPage(request, reply.code(422), customer, entered, { owing })
      const change = await changeCustomer(
        request.em,
        customer.id,
        entered.version,
        values,
        entered.chosen,
        actorOf(request)
      )
      if (!change.isSaved) return conflictPage(request, reply, customer, entered)
      return reply.seeOther(backOf(request) ?? `/customers/${customer.id}`, savedSentence(nameOf(values), change.move))
    })
  })
}

type Answer = Promise<string | FastifyReply>

async function submit(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer | null,
  entered: Entered,
  save: (values: CustomerFields) => Answer
): Answer {
  if (entered.isFinding) return formPage(request, reply, customer, { ...entered, errors: {} })
  if (!entered.values) return formPage(request, reply.code(422), customer, entered)
  const twins = await twinsOf(request, customer, entered.values, entered)
  if (twins.length) return formPage(request, reply.code(409), customer, entered, { twins })
  try {
    return await save(entered.values)
  } catch (error) {
    if (!(error instanceof ContactTaken)) throw error
    return formPage(request, reply.code(422), customer, { ...entered, errors: error.errors }, { owners: error.owners })
  }
}

/** Who else may be meant, unless whoever saves has seen them all, or what tells people apart is as it was. */
async function twinsOf(
  { em }: FastifyRequest,
  customer: Customer | null,
  values: CustomerFields,
  { key, shown }: Entered
): Promise<Twin[]> {
  if (customer && !isRenamed(customer, values)) return []
  const twins = await findTwins(em, values, customer ? { exceptId: customer.id } : { key })
  return twins.every(({ id }) => shown.includes(id)) ? [] : twins
}

/** Shows both versions: what was typed stays in the form, and saving it now is saving it over theirs. */
async function conflictPage(request: FastifyRequest, reply: FastifyReply, before: Customer, entered: Entered): Answer {
  const customer = await request.em.findOneOrFail(Customer, before.id, { refresh: true })
  const kept = await asKept(request, customer)
  const memberships = await listMemberships(request.em, customer.id)
  const primary = memberships.find(({ kind }) => kind === 'primary')?.name ?? ''
  const theirs = { form: formOf(customer, retailerOf(request).country), primary }
  const chosen = onto(kept.chosen, entered.chosen)
  return formPage(request, reply.code(409), customer, { ...entered, chosen, version: customer.version }, { theirs })
}

async function formPage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer | null,
  entered: Entered,
  extra: Partial<Pick<FormView, 'owners' | 'theirs' | 'twins' | 'owing' | 'back'>> = {}
) {
  const [fields, locations] = await Promise.all([
    groupFieldsView(request.em, { ...entered.chosen, ...entered }, signedIn(request)),
    findLocations(request.em, '')
  ])
  const heading = { title: customer ? 'Edit Customer' : 'New Customer', active: 'customers' as const }
  const asked = { owing: null, owingAnswered: answeredFor(request) }
  const untold = { owners: [], theirs: null, twins: [], back: backOf(request), ...asked }
  const data = { ...heading, ...entered, customer, fields, locations, ...untold, ...extra }
  return customer ? reply.page('customers/edit', data, 'customers/_edit') : reply.page('customers/new', data)
}

async function findEditable(request: FastifyRequest, customerId: number): Promise<Customer> {
  const customer = await request.em.findOneOrFail(Customer, customerId)
  if (customer.isWalkIn)
    throw new RuleError('The walk-in customer is for sales to people who leave no name. It can’t be edited.')
  return customer
}

function backOf({ body }: FastifyRequest): string | null {
  return sentFrom.parse(body ?? {}).back ?? null
}

function savedSentence(name: string, move: Move | null): string {
  return move ? `Saved. ${name} moved from ${move.from} to ${move.to}.` : `${name} was saved.`
}

function nameOf({ firstName, lastName }: CustomerFields): string {
  return `${firstName} ${lastName}`.trim()
}
