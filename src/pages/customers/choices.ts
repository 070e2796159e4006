import { z } from 'zod'
import { ids, line } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { signedIn } from '../shared/access.ts'
import { type GroupField, groupField } from './group-fields.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/choices': { title: string; active: 'customers'; field: GroupField }
  }
}

const search = line('The search', 80).catch('')
const find = {
  schema: {
    querystring: z.object({
      kind: z.enum(['primary', 'list']).catch('list'),
      listsQuery: search,
      lists: ids.catch([]),
      primaryQuery: search,
      primary: ids.catch([])
    })
  }
} as const

const FINDING = { title: 'Find a group', active: 'customers' } as const

/** Finds groups by a part of their name, for a field of the customer's form. */
export async function choiceRoutes(app: App) {
  app.get('/customers/choices', find, async (request, reply) => {
    const { kind, lists, listsQuery, primary, primaryQuery } = request.query
    const user = signedIn(request)
    if (kind === 'list') {
      const field = await groupField(request.em, 'list', lists, listsQuery, user)
      return reply.page('customers/choices', { ...FINDING, field }, 'customers/_lists')
    }
    const field = await groupField(request.em, 'primary', primary, primaryQuery, user)
    return reply.page('customers/choices', { ...FINDING, field }, 'customers/_primary_options')
  })
}
