import { z } from 'zod'
import { CustomerFilter } from '../../customers/list/filter.ts'
import { type Listing, listing } from '../../customers/list/list-page.ts'
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
    } & Listing & {
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
    const among = { within: [], except: [WALK_IN_CUSTOMER], everyone }
    const shown = await listing(em, '/customers', filter, calendarOf(request), among)
    if (filter.hasErrors) reply.code(422)
    else if (isPastTheEnd(shown.customers, filter.place)) return reply.redirect(filter.href('/customers'), 303)
    const isEmpty = shown.customers.rows.length === 0
    const [panel, nobody] = await Promise.all([
      openPanel(request, { filter, hasGroups: true }),
      isEmpty ? offersFor(em, '/customers', filter, calendarOf(request), among) : null
    ])
    const page = { ...shown, filter, path: '/customers', everyone, nobody, panel }
    return reply.page('customers/index', { title: 'Customers', active: 'customers', ...page }, 'customers/_list')
  })
}
