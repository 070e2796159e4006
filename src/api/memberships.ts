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
  app.put('/customers/:id/primary_group', move, async (request) => {
    const { em, params, body } = request
    const customer = await readOne(request, params.id)
    const group = requireGroup(await em.findOne(Group, body.group_id), 'primary', '/group_id')
    await addMembers(em, group, [customer.id], actorOf(request))
    return readOne(request, customer.id)
  })

  app.put('/customers/:id/lists/:group_id', join, async (request) => {
    const { em, params } = request
    const customer = await readOne(request, params.id)
    const list = requireGroup(await em.findOne(Group, params.group_id), 'list', '/group_id')
    await addMembers(em, list, [customer.id], actorOf(request))
    return readOne(request, customer.id)
  })

  app.delete('/customers/:id/lists/:group_id', leave, async (request) => {
    const { em, params } = request
    const customer = await readOne(request, params.id)
    const list = requireGroup(await em.findOne(Group, params.group_id), 'list', '/group_id')
    await removeMembers(em, list, [customer.id], actorOf(request))
    return readOne(request, customer.id)
  })
}
