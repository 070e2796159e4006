import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import type { Customer } from '../../customers/customer.ts'
import type { CustomerFields } from '../../customers/details.ts'
import { findLocations } from '../../customers/locations.ts'
import { findTwins, isRenamed, type Twin } from '../../customers/twins.ts'
import { DuplicateError, type Owner } from '../../db/duplicates.ts'
import { localPath } from '../../lib/fields.ts'
import { signedIn } from '../shared/access.ts'
import type { Answer, ConcurrentEdit } from '../shared/concurrent-edit.ts'
import { answeredGroupOf, type DepartureQuestion } from './departure-question.ts'
import type { CustomerForm } from './form.ts'
import type { FormState } from './form-state.ts'
import { type GroupFieldsView, groupFieldsView } from './group-fields.ts'

interface SavedVersion {
  form: CustomerForm
  primary: string
}

interface FormView extends FormState, Pick<ConcurrentEdit<SavedVersion>, 'theirs'> {
  title: string
  active: 'customers'
  /** Null for a new customer. */
  customer: Customer | null
  fields: GroupFieldsView
  /** The customers who have the phone or the e-mail already. */
  owners: Owner[]
  /** The question before the customer leaves their primary group. */
  owing: DepartureQuestion | null
  /**
   * The group for which that question was answered. The form carries the answer along, so that another question does
   * not bring this one back.
   */
  owingAnswered: number | null
  /** Customers who may be the same person. */
  twins: Twin[]
  /** Suggestions for the location. */
  locations: string[]
  /** The list that the form was opened from, in a dialog. */
  back: string | null
}

declare module '../../web/view.ts' {
  interface Views {
    'customers/new': FormView
    'customers/edit': FormView
  }
}

const sentFrom = z.object({ back: localPath }).catch({ back: undefined })

export async function submit(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer | null,
  state: FormState,
  save: (values: CustomerFields) => Answer
): Answer {
  if (state.isFinding) return formPage(request, reply, customer, { ...state, errors: {} })
  if (!state.values) return formPage(request, reply.code(422), customer, state)
  const twins = await twinsOf(request, customer, state.values, state)
  if (twins.length) return formPage(request, reply.code(409), customer, state, { twins })
  try {
    return await save(state.values)
  } catch (error) {
    if (!(error instanceof DuplicateError)) throw error
    return formPage(request, reply.code(422), customer, { ...state, errors: error.errors }, { owners: error.owners })
  }
}

/**
 * Finds customers who may be the same person. There are none if the user has already been shown all of them, or if
 * nothing changes by which people are told apart.
 */
async function twinsOf(
  { em }: FastifyRequest,
  customer: Customer | null,
  values: CustomerFields,
  { key, shown }: FormState
): Promise<Twin[]> {
  if (customer && !isRenamed(customer, values)) return []
  const twins = await findTwins(em, values, customer ? { exceptId: customer.id } : { key })
  return twins.every(({ id }) => shown.includes(id)) ? [] : twins
}

export async function formPage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer | null,
  state: FormState,
  extra: Partial<Pick<FormView, 'owners' | 'theirs' | 'twins' | 'owing' | 'back'>> = {}
) {
  const [fields, locations] = await Promise.all([
    groupFieldsView(request.em, { ...state.chosen, ...state }, signedIn(request)),
    findLocations(request.em, '')
  ])
  const heading = { title: customer ? 'Edit Customer' : 'New Customer', active: 'customers' as const }
  const asked = { owing: null, owingAnswered: answeredGroupOf(request) }
  const untold = { owners: [], theirs: null, twins: [], back: backOf(request), ...asked }
  const data = { ...heading, ...state, customer, fields, locations, ...untold, ...extra }
  return customer ? reply.page('customers/edit', data, 'customers/_edit') : reply.page('customers/new', data)
}

export function backOf({ body }: FastifyRequest): string | null {
  return sentFrom.parse(body ?? {}).back ?? null
}

export function nameOf({ firstName, lastName }: CustomerFields): string {
  return `${firstName} ${lastName}`.trim()
}
