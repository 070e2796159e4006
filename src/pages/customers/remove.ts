import { z } from 'zod'
import type { App } from '../../web/validation.ts'
import { bulkPage } from './bulk.ts'

const query = z.record(z.string(), z.unknown())
const choose = { config: { role: 'manager' as const }, schema: { querystring: query } } as const

/** Remove from group, from a list of customers. */
export async function removeCustomersRoutes(app: App) {
  app.get('/customers/remove', choose, async (request, reply) => bulkPage(request, reply, 'remove', request.query))
}
