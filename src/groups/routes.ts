import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { type Entry, listTimeline } from '../activity/queries.ts'
import { sentence } from '../activity/sentence.ts'
import type { Em } from '../db/orm.ts'
import { countMembers, findFigures, findLag, type GroupFigures } from '../figures/queries.ts'
import { type Permission, policyOf } from '../sales/policy.ts'
import { actorOf } from '../web/access.ts'
import { RuleError } from '../web/errors.ts'
import { idParams } from '../web/fields.ts'
import { isPastTheEnd, type Page, rangeText } from '../web/paging.ts'
import { tidyAddress } from '../web/url.ts'
import type { App } from '../web/validation.ts'
import { deleteGroup } from './deletion.ts'
import { GroupFilter } from './filter.ts'
import type { Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { findGroup, findHeadline, type Headline, type ListedGroup, listGroups } from './queries.ts'

declare module '../web/view.ts' {
  interface Views {
    'groups/index': Heading & Headline & { filter: GroupFilter; groups: Page<ListedGroup>; range: string }
    'groups/show': Heading & {
      group: Group
      tab: 'overview'
      figures: GroupFigures
      /** Since when changes wait to be taken into the figures; null if none do. */
      asOf: string | null
      policy: Permission[]
      timeline: Entry[]
      sentence: typeof sentence
    }
    'groups/delete': Heading & { group: Group; members: number; refusal: string | null }
  }
}

const list = { schema: { querystring: z.record(z.string(), z.unknown()) } } as const
const show = { schema: { params: idParams } } as const
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
    const [groups, headline] = await Promise.all([listGroups(em, filter), findHeadline(em, filter)])
    if (isPastTheEnd(groups, filter.place)) return reply.redirect(filter.href(), 303)
    if (filter.errors.q) reply.code(422)
    return reply.page(
      'groups/index',
      { ...titled('Customer Groups'), filter, groups, ...headline, range: rangeText(groups, headline.found) },
      'groups/_list'
    )
  })

  app.get('/groups/:id', show, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    const [figures, lag, timeline] = await Promise.all([
      findFigures(request.em, group.id),
      findLag(request.em, group.id),
      listTimeline(request.em, { groupId: group.id })
    ])
    return reply.page(
      'groups/show',
      {
        ...titled(group.name),
        group,
        tab: 'overview',
        figures,
        asOf: earlier(lag.spend, lag.products),
        policy: policyOf(group),
        timeline,
        sentence
      },
      'groups/_figures'
    )
  })

  app.get('/groups/:id/delete', manage, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return deletePage(request.em, reply, group)
  })

  app.post('/groups/:id/deletion', erase, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    try {
      const held = await deleteGroup(request.em, group, request.body.move === 'true', actorOf(request))
      return reply.seeOther('/groups', deletedSentence(group, held))
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      return deletePage(request.em, reply.code(409), group, error.message)
    }
  })
}

function earlier(one: string | null, other: string | null): string | null {
  return one && other ? (one < other ? one : other) : (one ?? other)
}

async function deletePage(em: Em, reply: FastifyReply, group: Group, refusal: string | null = null) {
  const members = await countMembers(em, group.id)
  return reply.page('groups/delete', { ...titled(`Delete ${group.name}`), group, members, refusal }, 'groups/_delete')
}

function deletedSentence(group: Group, held: number): string {
  if (held === 0) return `${group.name} is deleted.`
  const customers = held === 1 ? '1 customer' : `${held.toLocaleString('en')} customers`
  return group.isList
    ? `${group.name} is deleted; ${customers} left it.`
    : `${customers} moved to Default; ${group.name} is deleted.`
}
