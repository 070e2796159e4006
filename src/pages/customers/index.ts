import { z } from 'zod'
import { type Entry, listTimeline } from '../../activity/queries.ts'
import { Customer } from '../../customers/customer.ts'
import { CustomerFilter } from '../../customers/list/filter.ts'
import { type Listing, listing } from '../../customers/list/listing.ts'
import { type CustomerDetails, findDetails } from '../../customers/list/queries.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import { countEveryone } from '../../figures/queries.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { isPastTheEnd } from '../../lib/paging.ts'
import { listMemberships, type MembershipOfCustomer } from '../../membership/of-customer.ts'
import type { Permission } from '../../sales/policy.ts'
import { policyOf } from '../../sales/policy.ts'
import { listRecentSales, type RecentSale } from '../../sales/queries.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { sentence } from '../activity/sentence.ts'
import { calendarOf, retailerOf } from '../shared/access.ts'
import { listBefore } from './list-before.ts'
import { type Nobody, offersFor } from './nobody.ts'
import { openPanel, type Panel, panelPart } from './panel.ts'

interface Shared {
  title: string
  active: 'customers'
}

declare module '../../web/view.ts' {
  interface Views {
    'customers/index': Shared &
      Listing & {
        filter: CustomerFilter
        path: string
        panel: Panel | null
        everyone: number
        nobody: Nobody | null
      }
    'customers/show': Shared & {
      customer: Customer
      details: CustomerDetails
      memberships: MembershipOfCustomer[]
      group: Group
      policy: Permission[]
      sales: RecentSale[]
      timeline: Entry[]
      sentence: typeof sentence
      /** The list they were opened from. */
      back: string | null
    }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
const show = { schema: { params: idParams } } as const

export async function customerRoutes(app: App) {
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

  app.get('/customers/:id', show, async (request, reply) => {
    const { em } = request
    const customer = await em.findOneOrFail(Customer, request.params.id)
    const [details, memberships, sales, timeline] = await Promise.all([
      findDetails(em, customer.id, calendarOf(request)),
      listMemberships(em, customer.id),
      listRecentSales(em, customer.id),
      listTimeline(em, { customerId: customer.id })
    ])
    const primary = memberships.find((one) => one.kind === 'primary')
    if (!details || !primary) throw new Error(`Customer ${customer.id} has no totals or no primary group`)
    const group = await findGroup(em, primary.groupId)
    const page = { customer, details, memberships, group, policy: policyOf(group), sales, timeline, sentence }
    const back = listBefore(request)
    return reply.page('customers/show', { title: customer.name, active: 'customers', ...page, back })
  })
}
