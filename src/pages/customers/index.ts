import { z } from 'zod'
import { CustomerFilter, type ListPage, listPage, type ShownColumn, shownColumns } from '../../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { countEveryone } from '../../figures/queries.ts'
import type { App } from '../../web/validation.ts'
import { calendarOf, retailerOf } from '../shared/access.ts'
import { showList } from '../shared/show-list.ts'
import { type EmptySearch, emptySearchOf } from './empty-search.ts'
import { openPanel, type Panel, panelPart } from './panel.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/index': {
      title: string
      active: 'customers'
    } & ListPage & {
        filter: CustomerFilter
        path: string
        columns: ShownColumn[]
        panel: Panel | null
        everyone: number
        nobody: EmptySearch | null
      }
  }
}

const columns = shownColumns('name', 'phone', 'group', 'age', 'location', 'orders', 'spent', 'last-order')

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const

export async function customersRoutes(app: App) {
  app.get('/customers', list, async (request, reply) => {
    const { em } = request
    const filter = CustomerFilter.from(request.query, retailerOf(request))
    const part = await panelPart(request, reply, { filter, hasGroups: true })
    if (part) return part
    const path = '/customers'
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const everyone = await countEveryone(em)
        const list = { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone }
        const found = await listPage(em, { path, filter, day: calendarOf(request), list, suggests: true })
        return { ...found, listed: found.customers, everyone }
      },
      show: async ({ listed, ...found }) => {
        const nobody = listed.rows.length === 0 ? emptySearchOf(path, filter, found.suggestions) : null
        const panel = await openPanel(request, { filter, hasGroups: true })
        const page = { ...found, filter, path, columns, nobody, panel }
        return reply.page('customers/index', { title: 'Customers', active: 'customers', ...page }, 'customers/_list')
      }
    })
  })
}
