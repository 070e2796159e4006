import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { deleteGroup } from '../../bulk/start.ts'
import type { Em } from '../../db/orm.ts'
import { countMembers } from '../../figures/queries.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { findImpact, type Impact } from '../../impact/group-deletion.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { stillHasCustomers } from '../../operations/plan.ts'
import type { App } from '../../web/validation.ts'
import { afterwards } from '../operations/show.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/delete': Heading & { group: Group; members: number; impact: Impact | null; refusal: string | null }
  }
}

const manage = { config: { role: 'manager' as const }, schema: { params: idParams } } as const
const erase = {
  ...manage,
  schema: { params: idParams, body: z.object({ move: z.literal('true').optional() }).default({}) }
} as const

export async function groupDeletionRoutes(app: App) {
  app.get('/groups/:id/delete', manage, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return deletePage(request.em, reply, group)
  })

  app.post('/groups/:id/deletion', erase, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    try {
      const members = await countMembers(request.em, group.id)
      if (members > 0 && !group.isList && request.body.move !== 'true')
        throw new RuleError(stillHasCustomers(group.name))
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
  const page = { ...heading(`Delete ${group.name}`), group, members, impact, refusal }
  return reply.page('groups/delete', page, 'groups/_delete')
}
