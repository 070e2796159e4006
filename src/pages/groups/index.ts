import { z } from 'zod'
import { GroupFilter } from '../../groups/filter.ts'
import { type Headline, type ListedGroup, listGroups } from '../../groups/queries.ts'
import { isPastTheEnd, type Page, type Range, rangeOf } from '../../lib/paging.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { type Heading, titled } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/index': Heading & Headline & { filter: GroupFilter; groups: Page<ListedGroup>; range: Range }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
export async function groupsRoutes(app: App) {
  app.get('/groups', list, async (request, reply) => {
    const { em } = request
    const filter = GroupFilter.from(request.query)
    const tidy = filter.errors.q ? null : tidyAddress(request, reply, filter.placeHref())
    if (tidy) return reply.redirect(tidy, 303)
    const { groups, headline } = await listGroups(em, filter)
    if (isPastTheEnd(groups, filter.place)) return reply.redirect(filter.href(), 303)
    if (filter.errors.q) reply.code(422)
    return reply.page(
      'groups/index',
      { ...titled('Customer Groups'), filter, groups, ...headline, range: rangeOf(groups, headline.found) },
      'groups/_list'
    )
  })
}
