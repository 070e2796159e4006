import { z } from 'zod'
import type { App } from '../../web/validation.ts'
import { bulkPage } from './bulk.ts'

const query = z.record(z.string(), z.unknown())
const choose = { config: { role: 'manager' as const }, schema: { querystring: query } } as const

/** Add to group, from a list of customers. */
export async function addCustomersRoutes(app: App) {
  app.get('/customers/add', choose, async (request, reply) => bulkPage(request, reply, 'add', request.query))
}
