import { randomUUID } from 'node:crypto'
import type { FastifyRequest } from 'fastify'
import type { z } from 'zod'
import type { Customer } from '../../customers/customer.ts'
import { type CustomerFields, customerFields } from '../../customers/details.ts'
import { ofFields } from '../../customers/fields.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { formatPhone } from '../../lib/phone.ts'
import { type GroupFields, refusedChoices } from '../../membership/chosen-groups.ts'
import { listMemberships } from '../../membership/of-customer.ts'
import { calendarOf, retailerOf, signedIn } from '../shared/access.ts'
import { asTyped, type CustomerForm, findFields, groupFields, type newcomerFields, shownFields } from './form.ts'

/** The state of a customer's form: the typed values, and what they mean if all of them are right. */
export interface FormState {
  form: CustomerForm
  chosen: GroupFields
  primaryQuery: string
  listsQuery: string
  /** Whether the Find button of a group field was pressed instead of Save. */
  isFinding: boolean
  values: CustomerFields | null
  errors: FieldErrors
  /** The ids of customers that the user has already been shown as possibly the same person (src/customers/twins.ts). */
  shown: number[]
  key: string
  version: number
}

/** A new customer was in no group before, whatever the form says. */
const NOTHING_BEFORE = { primaryWas: undefined, listsWas: [] }

export async function readFormState(request: FastifyRequest, customer: Customer | null): Promise<FormState> {
  const body = request.body ?? {}
  const chosen = { ...groupFields.parse(body), ...(customer ? {} : NOTHING_BEFORE) }
  const parsed = customerFields(retailerOf(request).country, calendarOf(request).today).safeParse(body)
  const refused = await refusedChoices(request.em, chosen, signedIn(request))
  const { find, ...queries } = findFields.parse(body)
  const errors = { ...(parsed.success ? {} : fieldErrors(parsed.error)), ...refused }
  const values = parsed.success && Object.keys(refused).length === 0 ? parsed.data : null
  return {
    form: asTyped(body),
    chosen,
    ...queries,
    isFinding: find !== undefined,
    values,
    errors,
    ...shownFields.parse(body),
    ...marksOf(body)
  }
}

export function newState(given: z.output<typeof newcomerFields>): FormState {
  return stateOf(asTyped(given), { primary: DEFAULT_GROUP, lists: [], ...NOTHING_BEFORE }, 0)
}

/** The state of the form when it is opened for editing, with the saved values. */
export async function savedState(request: FastifyRequest, customer: Customer): Promise<FormState> {
  const memberships = await listMemberships(request.em, customer.id)
  const primary = memberships.find(({ kind }) => kind === 'primary')?.groupId ?? DEFAULT_GROUP
  const lists = memberships.filter(({ kind }) => kind === 'list').map(({ groupId }) => groupId)
  const chosen = { primary, primaryWas: primary, lists, listsWas: lists }
  return stateOf(formOf(customer, retailerOf(request).country), chosen, customer.version)
}

export function formOf(customer: Customer, country: string): CustomerForm {
  const phone = formatPhone(customer.phone ?? null, country)
  return asTyped({ ...ofFields(({ name }) => customer[name] ?? ''), phone: phone ?? '' })
}

function stateOf(form: CustomerForm, chosen: GroupFields, ofVersion: number): FormState {
  const fresh = {
    primaryQuery: '',
    listsQuery: '',
    isFinding: false,
    values: null,
    errors: {},
    shown: [],
    key: randomUUID()
  }
  return { form, chosen, ...fresh, version: ofVersion }
}
