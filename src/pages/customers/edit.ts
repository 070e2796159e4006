import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { changeCustomer } from '../../customers/save.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams, localPath } from '../../lib/fields.ts'
import { applyChanges, type Move } from '../../membership/chosen-groups.ts'
import { listMemberships } from '../../membership/of-customer.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, retailerOf } from '../shared/access.ts'
import { type Answer, unlessOvertaken } from '../shared/overtaken.ts'
import { asKept, type Entered, enter, formOf } from './entered.ts'
import { backOf, formPage, nameOf, submit } from './form-page.ts'
import { answersAnother, findLeaving } from './owing.ts'

const show = { schema: { params: idParams, querystring: z.object({ back: localPath }) } } as const
const change = { schema: { params: idParams, body: z.unknown() } } as const

export async function customerEditRoutes(app: App) {
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
      const { version, chosen } = entered
      const save = async () => {
        const move = await changeCustomer(request.em, customer.id, version, values, chosen, actorOf(request))
        return reply.seeOther(backOf(request) ?? `/customers/${customer.id}`, savedSentence(nameOf(values), move))
      }
      return unlessOvertaken(save, () => conflictPage(request, reply, customer, entered))
    })
  })
}

/** Shows both versions, each with its groups. */
async function conflictPage(request: FastifyRequest, reply: FastifyReply, before: Customer, entered: Entered): Answer {
  const customer = await request.em.refreshOrFail(before)
  const kept = await asKept(request, customer)
  const memberships = await listMemberships(request.em, customer.id)
  const primary = memberships.find(({ kind }) => kind === 'primary')?.name ?? ''
  const theirs = { form: formOf(customer, retailerOf(request).country), primary }
  const chosen = applyChanges(kept.chosen, entered.chosen)
  return formPage(request, reply.code(409), customer, { ...entered, chosen, version: customer.version }, { theirs })
}

async function findEditable(request: FastifyRequest, customerId: number): Promise<Customer> {
  const customer = await request.em.findOneOrFail(Customer, customerId)
  if (customer.isWalkIn)
    throw new RuleError('The walk-in customer is for sales to people who leave no name. It can’t be edited.')
  return customer
}

function savedSentence(name: string, move: Move | null): string {
  return move ? `Saved. ${name} moved from ${move.from} to ${move.to}.` : `${name} was saved.`
}
