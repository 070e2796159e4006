import { sql } from 'kysely'
import { z } from 'zod'
import { CustomerFilter } from '../customers/filter.ts'
import type { Calendar } from '../customers/matching.ts'
import { countCustomers, type ListedCustomer, listCustomers, listLocations } from '../customers/queries.ts'
import { countMembers } from '../figures/queries.ts'
import { calendarOf } from '../web/access.ts'
import { idParams } from '../web/fields.ts'
import { isPastTheEnd, type Page, rangeText } from '../web/paging.ts'
import { tidyAddress } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { findGroup } from './queries.ts'

type Shared = Heading & { group: Group }

declare module '../web/view.ts' {
  interface Views {
    'groups/customers': Shared & {
      tab: 'customers'
      filter: CustomerFilter
      path: string
      customers: Page<ListedCustomer>
      found: number
      members: number
      range: string
      locations: string[]
    }
  }
}

const list = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

export async function memberRoutes(app: App) {
  app.get('/groups/:id/customers', list, async (request, reply) => {
    const { em } = request
    const group = await findGroup(em, request.params.id)
    const filter = CustomerFilter.from(request.query)
    const path = `/groups/${group.id}/customers`
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref(path))
    if (tidy) return reply.redirect(tidy, 303)
    const calendar: Calendar = calendarOf(request)
    const within = membersOf(group)
    const [customers, found, members, locations] = await Promise.all([
      listCustomers(em, filter, calendar, within),
      countCustomers(em, filter, calendar, within),
      countMembers(em, group.id),
      listLocations(em)
    ])
    if (isPastTheEnd(customers, filter.place)) return reply.redirect(filter.href(path), 303)
    if (filter.hasErrors) reply.code(422)
    const page = {
      ...titled(group.name),
      tab: 'customers' as const,
      group,
      filter,
      path,
      customers,
      found,
      members,
      locations,
      range: rangeText(customers, found)
    }
    return reply.page('groups/customers', page, 'groups/_customers')
  })
}

function membersOf(group: Group) {
  return group.isList
    ? sql<boolean>`customer.id in (select customer_id from list_membership where group_id = ${group.id})`
    : sql<boolean>`primary_membership.group_id = ${group.id}`
}
