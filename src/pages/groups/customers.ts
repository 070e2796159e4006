import { z } from 'zod'
import { CustomerFilter, type ListPage, listPage } from '../../customers/list/index.ts'
import { together } from '../../db/rows.ts'
import type { Group } from '../../groups/group.ts'
import { sizesOf, toSized } from '../../groups/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { isPastTheEnd } from '../../lib/paging.ts'
import { openIn, type UnderWay } from '../../operations/under-way.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { type Nobody, offersFor } from '../customers/nobody.ts'
import { openPanel, type Panel, panelPart } from '../customers/panel.ts'
import { calendarOf, retailerOf, signedIn } from '../shared/access.ts'
import { type Heading, titled } from './heading.ts'

type Shared = Heading & { group: Group }

declare module '../../web/view.ts' {
  interface Views {
    'groups/customers': Shared &
      ListPage & {
        tab: 'customers'
        filter: CustomerFilter
        path: string
        members: number
        /** Bulk operations that are changing it at this moment. */
        under: UnderWay[]
        canAdd: boolean
        panel: Panel | null
        nobody: Nobody | null
      }
  }
}

const route = { schema: { params: idParams, querystring: z.record(z.string(), z.unknown()) } } as const

export async function memberRoutes(app: App) {
  app.get('/groups/:id/customers', route, async (request, reply) => {
    const { em } = request
    const { id } = request.params
    const { under, ...found } = await together(em, { ...sizesOf(id), under: openIn(id) })
    const { group, members, everyone } = toSized(em, found)
    const filter = CustomerFilter.from(request.query, retailerOf(request))
    const path = `/groups/${group.id}/customers`
    const part = await panelPart(request, reply, { filter, hasGroups: false })
    if (part) return part
    const tidy = filter.hasErrors ? null : tidyAddress(request, reply, filter.placeHref(path))
    if (tidy) return reply.redirect(tidy, 303)
    const within = [{ groupId: group.id, isList: group.isList, size: members }]
    const list = { conditions: [], within, except: [], everyone }
    const shown = await listPage(em, { path, filter, day: calendarOf(request), list, suggests: members > 0 })
    if (filter.hasErrors) reply.code(422)
    else if (isPastTheEnd(shown.customers, filter.place)) return reply.redirect(filter.href(path), 303)
    const isEmpty = members > 0 && shown.customers.rows.length === 0
    const nobody = isEmpty ? offersFor(path, filter, shown.suggestions) : null
    const panel = await openPanel(request, { filter, hasGroups: false })
    const page = {
      ...titled(group.name),
      tab: 'customers' as const,
      group,
      filter,
      path,
      ...shown,
      members,
      under,
      canAdd: group.mayTake(signedIn(request)),
      nobody,
      panel
    }
    return reply.page('groups/customers', page, 'groups/_customers')
  })
}
