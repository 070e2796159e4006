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
import { type Answer, saveOrShowBoth } from '../shared/concurrent-edit.ts'
import { answersAnotherGroup, findDepartureQuestion } from './departure-question.ts'
import { backOf, formPage, nameOf, submit } from './form-page.ts'
import { type FormState, formOf, readFormState, savedState } from './form-state.ts'

const show = { schema: { params: idParams, querystring: z.object({ back: localPath }) } } as const
const change = { schema: { params: idParams, body: z.unknown() } } as const

export async function customerEditRoutes(app: App) {
  app.get('/customers/:id/edit', show, async (request, reply) => {
    const customer = await findEditable(request, request.params.id)
    const { back = null } = request.query
    return formPage(request, reply, customer, await savedState(request, customer), { back })
  })

  app.post('/customers/:id/edit', change, async (request, reply) => {
    const customer = await findEditable(request, request.params.id)
    const state = await readFormState(request, customer)
    return submit(request, reply, customer, state, async (values) => {
      const owing = await findDepartureQuestion(request, customer, state.chosen)
      if (owing || answersAnotherGroup(request, state.chosen))
        return formPage(request, reply.code(422), customer, state, { owing })
      const { version, chosen } = state
      const save = async () => {
        const move = await changeCustomer(request.em, customer.id, version, values, chosen, actorOf(request))
        return reply.seeOther(backOf(request) ?? `/customers/${customer.id}`, savedSentence(nameOf(values), move))
      }
      return saveOrShowBoth(save, () => conflictPage(request, reply, customer, state))
    })
  })
}

/** Shows both versions of the customer, each with its groups. */
async function conflictPage(request: FastifyRequest, reply: FastifyReply, before: Customer, state: FormState): Answer {
  const customer = await request.em.refreshOrFail(before)
  const kept = await savedState(request, customer)
  const memberships = await listMemberships(request.em, customer.id)
  const primary = memberships.find(({ kind }) => kind === 'primary')?.name ?? ''
  const theirs = { form: formOf(customer, retailerOf(request).country), primary }
  const chosen = applyChanges(kept.chosen, state.chosen)
  return formPage(request, reply.code(409), customer, { ...state, chosen, version: customer.version }, { theirs })
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
