import type { FastifyReply, FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import { DEFAULT_GROUP } from '../../db/fixed.ts'
import type { Em } from '../../db/orm.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { noWayBack, refuseRemoving } from '../../groups/rights.ts'
import { noWayBackSentence, removedSentence } from '../../groups/sentences.ts'
import { type Debts, debtsOnJoining } from '../../impact/debts.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams, ids, localPath, tick } from '../../lib/fields.ts'
import { removeMembers } from '../../membership/leave.ts'
import type { App } from '../../web/validation.ts'
import { actorOf, signedIn } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/removal': Heading & {
      group: Group
      ids: number[]
      /** The customer's name; null if there are several. */
      name: string | null
      /** The debts of those who could no longer buy on account. */
      debts: Debts | null
      /** A sentence if the user can't put them back; null if they can. */
      noWayBack: string | null
      back: string
    }
  }
}

const left = z.object({ ids: ids.catch([]), back: localPath, sure: tick })
const remove = { schema: { params: idParams, body: left.default({ ids: [], back: undefined, sure: false }) } } as const

const MOST = 25
const ASK_A_MANAGER = 'A manager can undo this in Activity.'

/**
 * Remove from group, in a customer's quick settings. It is done at once, unless they owe something and would lose
 * on-account sale, or can't be put back.
 */
export async function removalRoutes(app: App) {
  app.post('/groups/:id/customers/removal', remove, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    const user = signedIn(request)
    await refuseRemoving(request.em, group, user)
    const { ids, back = `/groups/${group.id}/customers`, sure } = request.body
    if (ids.length > MOST)
      throw new RuleError(`You can remove up to ${MOST} customers this way. For more, use Bulk Remove.`)
    const debts = sure ? null : await findDebts(request.em, group, ids)
    const closed = sure ? [] : await noWayBack(request.em, leftBy(group, ids), user)
    if (debts || closed.length) return ask(request, reply.code(422), { group, ids, debts, closed, back })
    const { removed, operationId } = await removeMembers(request.em, group, ids, actorOf(request))
    const text = await removedSentence(request.em, group, ids, removed)
    const canUndo = operationId !== null && group.mayTakeBack(user) && (removed === 1 || user.may('manager'))
    const flash = canUndo ? { text, undo: operationId } : removed === 1 ? `${text} ${ASK_A_MANAGER}` : text
    return reply.seeOther(back, flash)
  })
}

/** A query of the primary group, if any of the customers is still in it. */
function leftBy(group: Group, ids: number[]) {
  return sql<{ id: number }>`
    select group_id as id from primary_membership where group_id = ${group.id} and customer_id = any(${ids}::int[])
  `
}

/** The debts of those who could no longer buy on account in Default, where they go. */
async function findDebts(em: Em, group: Group, ids: number[]): Promise<Debts | null> {
  if (group.isList) return null
  const members = sql<{ id: number }>`
    select customer_id as id from primary_membership where group_id = ${group.id} and customer_id = any(${ids}::int[])
  `
  return debtsOnJoining(em, await findGroup(em, DEFAULT_GROUP), members)
}

async function ask(
  request: FastifyRequest,
  reply: FastifyReply,
  { closed, ...asked }: { group: Group; ids: number[]; debts: Debts | null; closed: string[]; back: string }
) {
  const [id, ...others] = asked.ids
  const one = others.length ? null : await request.em.findOneOrFail(Customer, { id })
  const title = `Remove ${one ? one.name : `${asked.ids.length} customers`} from ${asked.group.name}?`
  const name = one?.name ?? null
  const closes = closed.length ? noWayBackSentence(closed, name ?? undefined) : null
  return reply.page('groups/removal', { ...heading(title), ...asked, name, noWayBack: closes })
}
