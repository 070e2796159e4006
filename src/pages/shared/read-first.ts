import type { FastifyInstance, FastifyRequest } from 'fastify'
import { temporaryFailureOf } from '../../db/unable.ts'
import { isForm } from '../../web/bodies.ts'
import type { Access, Visit } from './access.ts'

/**
 * Lets a form be read to its end even if the database can't say who sent it, because it is given back to the user and
 * only what was read can be. Then the request fails before any route is called.
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
