import { z } from 'zod'
import { type GroupFilter, groupFilter } from '../../groups/filter.ts'
import { type Headline, type ListedGroup, listGroups } from '../../groups/queries.ts'
import type { Page } from '../../lib/paging.ts'
import { type Range, rangeOf } from '../../lib/range.ts'
import type { App } from '../../web/validation.ts'
import { showList } from '../shared/show-list.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/index': Heading & Headline & { filter: GroupFilter; path: string; groups: Page<ListedGroup>; range: Range }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
export async function groupsRoutes(app: App) {
  app.get('/groups', list, async (request, reply) => {
    const filter = groupFilter(request.query)
    const path = '/groups'
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const { groups, headline } = await listGroups(request.em, filter)
        return { listed: groups, headline }
      },
      show: async ({ listed: groups, headline }) => {
        const page = { filter, path, groups, ...headline, range: rangeOf(groups, headline.found) }
        return reply.page('groups/index', { ...heading('Customer Groups'), ...page }, 'groups/_list')
      }
    })
  })
}
