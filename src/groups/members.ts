import { z } from 'zod'
import { CustomerFilter } from '../customers/filter.ts'
import { type Listing, listing } from '../customers/listing.ts'
import { listLocations } from '../customers/locations.ts'
import { type Ranking, rankProducts } from '../figures/queries.ts'
import { calendarOf } from '../web/access.ts'
import { idParams } from '../web/fields.ts'
import { isPastTheEnd, PAGE_SIZE } from '../web/paging.ts'
import { tidyAddress } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { countMembers } from './membership.ts'
import { countEveryone, findGroup } from './queries.ts'

type Shared = Heading & { group: Group }

declare module '../web/view.ts' {
  interface Views {
    'groups/customers': Shared &
      Listing & {
        tab: 'customers'
        filter: CustomerFilter
        path: string
        members: number
        locations: string[]
      }
    'groups/products': Shared & {
      tab: 'products'
      ranking: Ranking
      after: number
      previous: number | null
      next: number | null
    }
  }
}

const list = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const
const rank = z.coerce.number().int().min(0).max(10_000_000).catch(0).default(0)
const ranking = { schema: { params: idParams, querystring: z.object({ after: rank }) } } as const
export async function memberRoutes(app: App) {
  app.get('/groups/:id/customers', list, async (request, reply) => {
    const { em } = request
    const group = await findGroup(em, request.params.id)
    const filter = CustomerFilter.from(request.query)
    const path = `/groups/${group.id}/customers`
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref(path))
    if (tidy) return reply.redirect(tidy, 303)
    const [members, everyone] = await Promise.all([countMembers(em, group.id), countEveryone(em)])
    const within = [{ groupId: group.id, isList: group.isList, size: members }]
    const shown = await listing(em, path, filter, calendarOf(request), { within, except: [], everyone })
    if (isPastTheEnd(shown.customers, filter.place)) return reply.redirect(filter.href(path), 303)
    if (filter.hasErrors) reply.code(422)
    const locations = await listLocations(em)
    const page = { ...titled(group.name), tab: 'customers' as const, group, filter, path, ...shown, members, locations }
    return reply.page('groups/customers', page, 'groups/_customers')
  })

  app.get('/groups/:id/products', ranking, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    const { after } = request.query
    const found = await rankProducts(request.em, group.id, after)
    if (after > 0 && !found.products.length) return reply.redirect(`/groups/${group.id}/products`, 303)
    const last = after + found.products.length
    const page = { previous: after > 0 ? Math.max(0, after - PAGE_SIZE) : null, next: last < found.total ? last : null }
    return reply.page(
      'groups/products',
      { ...titled(group.name), tab: 'products', group, ranking: found, after, ...page },
      'groups/_products'
    )
  })
}
