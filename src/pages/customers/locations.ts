import { z } from 'zod'
import { findLocations } from '../../customers/locations.ts'
import { line } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/locations': { title: string; active: 'customers'; locations: string[] }
  }
}

const locate = { schema: { querystring: z.object({ location: line('The search', 80).catch('') }) } } as const

/** Suggests locations for the form, from those of existing customers. */
export async function locationRoutes(app: App) {
  app.get('/customers/locations', locate, async (request, reply) => {
    const locations = await findLocations(request.em, request.query.location)
    return reply.page(
      'customers/locations',
      { title: 'Locations', active: 'customers', locations },
      'customers/_locations'
    )
  })
}
