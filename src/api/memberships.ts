import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Group } from '../groups/group.ts'
import { addMembers } from '../membership/join.ts'
import { removeMembers } from '../membership/leave.ts'
import type { App } from '../web/validation.ts'
import { readOne } from './customers.ts'
import { customerSchema } from './schemas/customer.ts'
import { idParams, idText, rowId } from './schemas/values.ts'
import { actorOf, requireGroup } from './write-customers.ts'

const config = { scope: 'groups:write' } as const
const response = { 200: customerSchema }
const tags = ['customers']

const move = {
  config,
  schema: {
    operationId: 'setPrimaryGroup',
    summary: 'Move a customer to a primary group',
    tags,
    params: idParams,
    body: z.strictObject({ group_id: rowId }).meta({ id: 'NewPrimaryGroup' }),
    response
  }
} as const
const onList = z.strictObject({ id: idText, group_id: idText })
const join = {
  config,
  schema: { operationId: 'addToList', summary: 'Put a customer on a list', tags, params: onList, response }
} as const
const leave = {
  config,
  schema: { operationId: 'removeFromList', summary: 'Take a customer off a list', tags, params: onList, response }
} as const

/** PUT /customers/:id/primary_group, PUT and DELETE /customers/:id/lists/:group_id. Repeated, they change nothing. */
export async function membershipRoutes(app: App) {
  app.put('/customers/:id/primary_group', move, async (request) =>
    change(request, { id: request.params.id, groupId: request.body.group_id, kind: 'primary' }, addMembers)
  )
  app.put('/customers/:id/lists/:group_id', join, async (request) =>
    change(request, { id: request.params.id, groupId: request.params.group_id, kind: 'list' }, addMembers)
  )
  app.delete('/customers/:id/lists/:group_id', leave, async (request) =>
    change(request, { id: request.params.id, groupId: request.params.group_id, kind: 'list' }, removeMembers)
  )
}

interface Wanted {
  /** The customer's. */
  id: number
  groupId: number
  kind: Group['kind']
}

/** Puts a customer into a group or takes them out, and answers them as they are then. */
async function change(
  request: FastifyRequest,
  { id, groupId, kind }: Wanted,
  by: typeof addMembers | typeof removeMembers
) {
  const { em } = request
  const customer = await readOne(request, id)
  const group = requireGroup(await em.findOne(Group, groupId), kind, '/group_id')
  await by(em, group, [customer.id], actorOf(request))
  return readOne(request, id)
}
