import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { deleteGroup } from '../../bulk/start.ts'
import type { Em } from '../../db/orm.ts'
import { countMembers } from '../../figures/queries.ts'
import { GroupFilter } from '../../groups/filter.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup, type Headline, type ListedGroup, listGroups } from '../../groups/queries.ts'
import { findImpact, type Impact } from '../../impact/group-deletion.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { isPastTheEnd, type Page, type Range, rangeOf } from '../../lib/paging.ts'
import { stillHolds } from '../../operations/plan.ts'
import { tidyAddress } from '../../web/url.ts'
import type { App } from '../../web/validation.ts'
import { afterwards } from '../operations/show.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, titled } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/index': Heading & Headline & { filter: GroupFilter; groups: Page<ListedGroup>; range: Range }
    'groups/delete': Heading & { group: Group; members: number; impact: Impact | null; refusal: string | null }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
const manage = { config: { role: 'manager' as const }, schema: { params: idParams } } as const
const erase = {
  ...manage,
  schema: { params: idParams, body: z.object({ move: z.literal('true').optional() }).default({}) }
} as const

export async function groupRoutes(app: App) {
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

  app.get('/groups/:id/delete', manage, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return deletePage(request.em, reply, group)
  })

  app.post('/groups/:id/deletion', erase, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    try {
      const members = await countMembers(request.em, group.id)
      if (members > 0 && !group.isList && request.body.move !== 'true') throw new RuleError(stillHolds(group.name))
      const deletion = await deleteGroup(request.em, group, members, actorOf(request))
      return afterwards(reply, deletion, '/groups')
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      return deletePage(request.em, reply.code(409), group, error.message)
    }
  })
}

async function deletePage(em: Em, reply: FastifyReply, group: Group, refusal: string | null = null) {
  const members = await countMembers(em, group.id)
  const impact = group.system ? null : await findImpact(em, group)
  const page = { ...titled(`Delete ${group.name}`), group, members, impact, refusal }
  return reply.page('groups/delete', page, 'groups/_delete')
}
