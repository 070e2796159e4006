import { z } from 'zod'
import { CustomerFilter, type ListPage, listPage } from '../../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { countEveryone } from '../../figures/queries.ts'
import { isPastTheEnd } from '../../lib/paging.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { calendarOf, retailerOf } from '../shared/access.ts'
import { type Nobody, offersFor } from './nobody.ts'
import { openPanel, type Panel, panelPart } from './panel.ts'

declare module '../../web/view.ts' {
  interface Views {
    'customers/index': {
      title: string
      active: 'customers'
    } & ListPage & {
        filter: CustomerFilter
        path: string
        panel: Panel | null
        everyone: number
        nobody: Nobody | null
      }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const

export async function customersRoutes(app: App) {
  app.get('/customers', list, async (request, reply) => {
    const { em } = request
    const filter = CustomerFilter.from(request.query, retailerOf(request))
    const part = await panelPart(request, reply, { filter, hasGroups: true })
    if (part) return part
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref('/customers'))
    if (tidy) return reply.redirect(tidy, 303)
    const everyone = await countEveryone(em)
    const all = { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone }
    const asked = { path: '/customers', filter, day: calendarOf(request), list: all, suggests: true }
    const shown = await listPage(em, asked)
    if (filter.hasErrors) reply.code(422)
    else if (isPastTheEnd(shown.customers, filter.place)) return reply.redirect(filter.href('/customers'), 303)
    const isEmpty = shown.customers.rows.length === 0
    const nobody = isEmpty ? offersFor('/customers', filter, shown.suggestions) : null
    const panel = await openPanel(request, { filter, hasGroups: true })
    const page = { ...shown, filter, path: '/customers', everyone, nobody, panel }
    return reply.page('customers/index', { title: 'Customers', active: 'customers', ...page }, 'customers/_list')
  })
}
