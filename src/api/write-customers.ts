import { OptimisticLockError } from '@mikro-orm/core'
import type { FastifyRequest } from 'fastify'
import { ZodError, type z } from 'zod'
import { addCustomer } from '../customers/create.ts'
import { Customer } from '../customers/customer.ts'
import { type CustomerFields, customerFields } from '../customers/details.ts'
import { FIELD_LIST, type FieldName, ofFields } from '../customers/fields.ts'
import { changeCustomer } from '../customers/save.ts'
import { DuplicateError } from '../db/duplicates.ts'
import { DEFAULT_GROUP, WALK_IN_CUSTOMER } from '../db/fixed.ts'
import { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { dayIn } from '../lib/format.ts'
import type { GroupFields } from '../membership/chosen-groups.ts'
import type { App } from '../web/validation.ts'
import { readOne } from './customers.ts'
import { Problem } from './problem.ts'
import { customerChangeSchema, customerSchema, newCustomerSchema } from './schemas/customer.ts'
import { idParams } from './schemas/values.ts'

const create = {
  config: { scope: 'customers:write' },
  schema: {
    operationId: 'createCustomer',
    summary: 'Make a customer',
    tags: ['customers'],
    body: newCustomerSchema,
    response: { 201: customerSchema }
  }
} as const
const change = {
  config: { scope: 'customers:write' },
  schema: {
    operationId: 'updateCustomer',
    summary: 'Change a customer’s details; null clears one, what is left out stays',
    tags: ['customers'],
    params: idParams,
    body: customerChangeSchema,
    response: { 200: customerSchema }
  }
} as const

const UNCHANGED: GroupFields = { primary: DEFAULT_GROUP, primaryWas: DEFAULT_GROUP, lists: [], listsWas: [] }

/** POST /customers and PATCH /customers/:id */
export async function customerWriteRoutes(app: App) {
  app.post('/customers', create, async (request, reply) => {
    const groups = await chosenGroups(request, request.body)
    const fields = check(request, request.body)
    const id = await explaining(request, null, () => addCustomer(request.em, fields, groups, actorOf(request)))
    reply.code(201).header('location', `/api/v1/customers/${id}`)
    return readOne(request, id)
  })

  app.patch('/customers/:id', change, async (request) => {
    const { em, params, body } = request
    const customer = params.id === WALK_IN_CUSTOMER ? null : await em.findOne(Customer, params.id)
    if (!customer) throw new Problem(404, 'customer-unknown', `Customer ${params.id} does not exist.`)
    const kept = Object.fromEntries(FIELD_LIST.map(({ name, column }) => [column, customer[name] ?? null]))
    const fields = check(request, { ...kept, ...body })
    await explaining(request, customer.id, () =>
      changeCustomer(em, customer.id, body.version, fields, UNCHANGED, actorOf(request))
    )
    return readOne(request, customer.id)
  })
}

export const actorOf = ({ holder, now }: FastifyRequest): Actor => ({ id: null, till: holder.till.id, now })

type Body = Partial<Record<string, unknown>>

/** By the rules of the form (src/customers/fields.ts), of which null is an empty field. */
function check({ holder, now }: FastifyRequest, body: Body): CustomerFields {
  const { country, timeZone } = holder.retailer
  const form = ofFields(({ column }) => body[column] ?? '')
  const parsed = customerFields(country, dayIn(timeZone, now)).safeParse(form)
  if (!parsed.success) throw inColumns(parsed.error)
  return parsed.data
}

/** Programs know the fields by the names of their columns. */
function inColumns(error: ZodError): ZodError {
  const columns = ofFields(({ column }) => column)
  const nameOf = (part: PropertyKey) => (part in columns ? columns[part as FieldName] : part)
  return new ZodError(error.issues.map((issue) => ({ ...issue, path: issue.path.map(nameOf) })))
}

async function explaining<Result>(request: FastifyRequest, id: number | null, save: () => Promise<Result>) {
  try {
    return await save()
  } catch (error) {
    if (error instanceof DuplicateError) {
      const [owner] = error.owners
      throw new Problem(409, `${owner?.field}-taken`, error.message, { customer_id: owner?.id })
    }
    if (error instanceof OptimisticLockError && id !== null) {
      const { version } = await readOne(request, id)
      throw new Problem(409, 'changed', 'Someone has changed this customer since. Read it again.', { version })
    }
    throw error
  }
}

/** Where somebody new starts; who may not put people into groups leaves it out. */
async function chosenGroups(request: FastifyRequest, body: z.output<typeof newCustomerSchema>): Promise<GroupFields> {
  const { group_id, list_ids = [] } = body
  if (group_id === undefined && list_ids.length === 0) return UNCHANGED
  if (!request.holder.scopes.includes('groups:write')) {
    throw new Problem(403, 'scope-missing', 'This key lacks the scope groups:write.', { scope: 'groups:write' })
  }
  const primary = group_id ?? DEFAULT_GROUP
  const found = await request.em.find(Group, { id: { $in: [primary, ...list_ids] } })
  const named = (id: number) => found.find((group) => group.id === id)
  requireGroup(named(primary), 'primary', '/group_id')
  for (const [place, id] of list_ids.entries()) requireGroup(named(id), 'list', `/list_ids/${place}`)
  return { ...UNCHANGED, primary, lists: [...new Set(list_ids)] }
}

export function requireGroup(group: Group | null | undefined, kind: Group['kind'], pointer: string): Group {
  if (group && group.kind === kind && !group.isWalkIn) return group
  const wanted = kind === 'primary' ? 'a primary group that customers can be put into' : 'a list'
  const detail = `This must be ${wanted}.`
  throw new Problem(400, 'invalid', detail, { errors: [{ pointer, code: 'group-unknown', detail }] })
}
