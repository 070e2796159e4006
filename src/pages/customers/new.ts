import { z } from 'zod'
import { createCustomer } from '../../customers/create.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { newcomerFields } from './form.ts'
import { formPage, nameOf, submit } from './form-page.ts'
import { newState, readFormState } from './form-state.ts'

const blankForm = { schema: { querystring: newcomerFields } } as const
const create = { schema: { body: z.unknown() } } as const

export async function newCustomerRoutes(app: App) {
  app.get('/customers/new', blankForm, async (request, reply) =>
    formPage(request, reply, null, newState(request.query))
  )

  app.post('/customers', create, async (request, reply) => {
    const state = await readFormState(request, null)
    return submit(request, reply, null, state, async (values) => {
      const actor = actorOf(request)
      const sent = { key: state.key, form: 'customer', by: actor.id }
      const { location } = await createCustomer(request.em, sent, values, state.chosen, actor)
      return reply.seeOther(location, `${nameOf(values)} was added.`)
    })
  })
}
