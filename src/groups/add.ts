import { z } from 'zod'
import type { Em } from '../db/orm.ts'
import type { SignedIn } from '../staff/sessions.ts'
import { actorOf, signedIn } from '../web/access.ts'
import { Refusal, RuleError } from '../web/errors.ts'
import { idParams, ids, line, localPath } from '../web/fields.ts'
import type { App } from '../web/validation.ts'
import { type Candidate, findCandidates } from './candidates.ts'
import { DEFAULT_GROUP, type Group } from './group.ts'
import { type Heading, titled } from './heading.ts'
import { addMembers, type MovedFrom, movesInto, removeMembers } from './membership.ts'
import { findGroup } from './queries.ts'
import { mayAdd } from './rights.ts'
import { addedSentence, removedSentence } from './sentences.ts'

declare module '../web/view.ts' {
  interface Views {
    'groups/add': Heading & {
      group: Group
      q: string
      picked: Candidate[]
      found: Candidate[]
      hasMore: boolean
      moves: MovedFrom[]
      error: string | null
    }
  }
}

const asked = z.object({ q: line('The search', 200).catch(''), ids: ids.catch([]) })
const pick = { schema: { params: idParams, querystring: asked } } as const
const add = { schema: { params: idParams, body: asked.default({ q: '', ids: [] }) } } as const
const left = z.object({ ids: ids.catch([]), back: localPath })
const remove = { schema: { params: idParams, body: left.default({ ids: [], back: undefined }) } } as const

const MOST_PICKED = 1000

/** Into a group and out of it, a few customers at a time. */
export async function addRoutes(app: App) {
  app.get('/groups/:id/add', pick, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    refuseAdding(group, signedIn(request))
    const fragment = request.headers['hx-target'] === 'div#bar' ? 'groups/_bar' : 'groups/_add'
    return reply.page('groups/add', await addView(request.em, group, request.query), fragment)
  })

  app.post('/groups/:id/add', add, async (request, reply) => {
    const { em, body } = request
    const group = await findGroup(em, request.params.id)
    refuseAdding(group, signedIn(request))
    const error = countError(body.ids)
    if (error) return reply.code(422).page('groups/add', { ...(await addView(em, group, body)), error }, 'groups/_add')
    const result = await addMembers(em, group, body.ids, actorOf(request))
    return reply.seeOther(`/groups/${group.id}/customers`, addedSentence(group, result))
  })

  app.post('/groups/:id/remove', remove, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    if (group.system) throw new RuleError(refusedRemoval(group))
    const { ids, back } = request.body
    const removed = await removeMembers(request.em, group, ids, actorOf(request))
    const sentence = await removedSentence(request.em, group, ids, removed)
    return reply.seeOther(back ?? `/groups/${group.id}/customers`, sentence)
  })
}

async function addView(em: Em, group: Group, { q, ids: asked }: { q: string; ids: number[] }) {
  const pickedIds = asked.slice(0, MOST_PICKED)
  const [{ picked, found, hasMore }, moves] = await Promise.all([
    findCandidates(em, group, q, pickedIds),
    movesInto(em, group, pickedIds)
  ])
  return { ...titled(`Add Customers to ${group.name}`), group, q, picked, found, hasMore, moves, error: null }
}

function countError(asked: number[]): string | null {
  if (asked.length === 0) return 'Select at least one customer, then add.'
  return asked.length > MOST_PICKED ? `Add at most ${MOST_PICKED.toLocaleString('en')} customers at a time.` : null
}

function refuseAdding(group: Group, user: SignedIn): void {
  if (group.system === 'walk-in')
    throw new RuleError('Walk-in holds exactly the walk-in customer; nobody can be added to it.')
  if (!mayAdd(group, user)) {
    throw new Refusal(
      403,
      `${group.name} allows on-account sale or manual discounts, so only managers and admins may add customers to it.`
    )
  }
}

function refusedRemoval(group: Group): string {
  return group.id === DEFAULT_GROUP
    ? 'Nobody is removed from Default: add them to another primary group instead.'
    : 'The walk-in customer stays in Walk-in.'
}
