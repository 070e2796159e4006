import type { FastifyInstance, FastifyRequest } from 'fastify'
import { temporaryFailureOf } from '../../db/unable.ts'
import { isForm } from '../../web/bodies.ts'
import type { Access, Visit } from './access.ts'

/**
 * A form is read to its end also when the database can't say who sent it: it is to be given back, and only what was read can be.
 * No route is asked then.
 */
export function readFirst(app: FastifyInstance, findVisit: Access['findVisit']): Access['findVisit'] {
  const failures = new WeakMap<FastifyRequest, unknown>()
  app.addHook('preValidation', async (request) => {
    if (failures.has(request)) throw failures.get(request)
  })
  return async (request): Promise<Visit> => {
    try {
      return await findVisit(request)
    } catch (error) {
      if (!isForm(request) || !temporaryFailureOf(error)) throw error
      failures.set(request, error)
      return { user: null, retailer: null }
    }
  }
}
