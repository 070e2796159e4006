import { sql } from 'kysely'
import { z } from 'zod'
import { type Entry, listTimeline } from '../activity/queries.ts'
import { sentence } from '../activity/sentence.ts'
import { countEveryone } from '../figures/queries.ts'
import type { Group } from '../groups/group.ts'
import { findByName, findGroup, listNames } from '../groups/queries.ts'
import type { Permission } from '../sales/policy.ts'
import { policyOf } from '../sales/policy.ts'
import { listRecentSales, type RecentSale } from '../sales/queries.ts'
import { calendarOf } from '../web/access.ts'
import { idParams } from '../web/fields.ts'
import { isPastTheEnd, type Page, rangeText } from '../web/paging.ts'
import { tidyAddress } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import { Customer } from './customer.ts'
import { CustomerFilter } from './filter.ts'
import { listMemberships, type MembershipOfCustomer } from './groups.ts'
import {
  type CustomerDetails,
  countCustomers,
  findDetails,
  type ListedCustomer,
  listCustomers,
  listLocations
} from './queries.ts'

interface Shared {
  title: string
  active: 'customers'
}

declare module '../web/view.ts' {
  interface Views {
    'customers/index': Shared & {
      filter: CustomerFilter
      path: string
      customers: Page<ListedCustomer>
      found: number
      locations: string[]
      groups: string[]
      everyone: number
      range: string
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
    }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
const show = { schema: { params: idParams } } as const

const NOT_WALK_IN = sql<boolean>`customer.id <> 1`

export async function customerRoutes(app: App) {
  app.get('/customers', list, async (request, reply) => {
    const { em } = request
    const filter = CustomerFilter.from(request.query)
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref('/customers'))
    if (tidy) return reply.redirect(tidy, 303)
    const calendar = calendarOf(request)
    const [customers, found, everyone, locations, groups, group] = await Promise.all([
      listCustomers(em, filter, calendar, NOT_WALK_IN),
      countCustomers(em, filter, calendar, NOT_WALK_IN),
      countEveryone(em),
      listLocations(em),
      listNames(em),
      filter.values.group ? findByName(em, filter.values.group) : null
    ])
    if (isPastTheEnd(customers, filter.place)) return reply.redirect(filter.href('/customers'), 303)
    if (filter.values.group && !group) filter.errors.group = `There is no group called “${filter.values.group}”.`
    if (filter.hasErrors) reply.code(422)
    const page = {
      filter,
      path: '/customers',
      customers,
      found,
      everyone,
      range: rangeText(customers, found),
      locations,
      groups
    }
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
    return reply.page('customers/show', { title: customer.name, active: 'customers', ...page })
  })
}
