import { z } from 'zod'
import { CustomerFilter, type ListPage, listPage, type ShownColumn, shownColumns } from '../../customers/list/index.ts'
import { together } from '../../db/rows.ts'
import type { Group } from '../../groups/group.ts'
import { groupWithCountsOf, toGroupWithCounts } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { type OpenOperation, openOperationsIn } from '../../operations/open-operations.ts'
import type { App } from '../../web/validation.ts'
import { type EmptySearch, emptySearchOf } from '../customers/empty-search.ts'
import { openPanel, type Panel, panelPart } from '../customers/panel.ts'
import { calendarOf, retailerOf, signedIn } from '../shared/access.ts'
import { showList } from '../shared/show-list.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/customers': Heading & { group: Group } & ListPage & {
        tab: 'customers'
        filter: CustomerFilter
        path: string
        columns: ShownColumn[]
        members: number
        /** The bulk operations that are changing the group at this moment. */
        under: OpenOperation[]
        canAdd: boolean
        panel: Panel | null
        nobody: EmptySearch | null
      }
  }
}

const columns = shownColumns('name', 'phone', 'age', 'gender', 'location', 'orders', 'spent', 'last-order')

const route = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

export async function memberRoutes(app: App) {
  app.get('/groups/:id/customers', route, async (request, reply) => {
    const { em } = request
    const { id } = request.params
    const { under, ...found } = await together(em, { ...groupWithCountsOf(id), under: openOperationsIn(id) })
    const { group, members, everyone } = toGroupWithCounts(em, found)
    const filter = CustomerFilter.from(request.query, retailerOf(request))
    const path = `/groups/${group.id}/customers`
    const part = await panelPart(request, reply, { filter, hasGroups: false })
    if (part) return part
    return showList(request, reply, {
      filter,
      path,
      find: async () => {
        const within = [{ groupId: group.id, isList: group.isList, size: members }]
        const list = { conditions: [], within, except: [], everyone }
        const found = await listPage(em, { path, filter, day: calendarOf(request), list, suggests: members > 0 })
        return { ...found, listed: found.customers }
      },
      show: async ({ listed, ...found }) => {
        const isEmpty = members > 0 && listed.rows.length === 0
        const nobody = isEmpty ? emptySearchOf(path, filter, found.suggestions) : null
        const panel = await openPanel(request, { filter, hasGroups: false })
        const canAdd = group.mayTake(signedIn(request))
        const page = {
          ...found,
          tab: 'customers' as const,
          group,
          filter,
          path,
          columns,
          members,
          under,
          canAdd,
          nobody,
          panel
        }
        return reply.page('groups/customers', { ...heading(group.name), ...page }, 'groups/_customers')
      }
    })
  })
}
