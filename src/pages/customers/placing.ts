import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { Customer } from '../../customers/customer.ts'
import type { Em } from '../../db/orm.ts'
import { type GroupChoice, listChoices } from '../../groups/choices.ts'
import { Group } from '../../groups/group.ts'
import { RuleError } from '../../lib/errors.ts'
import { id, idParams, line, localPath } from '../../lib/fields.ts'
import {
  listMemberships,
  type MembershipOfCustomer,
  type PlacementResult,
  putIntoGroup,
  whyMayNotJoin
} from '../../membership/of-customer.ts'
import type { App } from '../../web/validation.ts'
import type { Flash } from '../../web/view.ts'
import { actorOf, signedIn } from '../shared/access.ts'
import { type DepartureQuestion, departureQuestionFor } from './departure-question.ts'

interface PlacementView {
  title: string
  active: 'customers'
  customer: Customer
  kind: Group['kind']
  /** The customer's primary group. */
  primary: MembershipOfCustomer
  offered: GroupChoice[]
  hasMore: boolean
  q: string
  back: string | null
  /** Why nothing was changed; null if nothing went wrong. */
  problem: string | null
  /** The question before the customer leaves their primary group. */
  owing: (DepartureQuestion & { groupId: number }) | null
}

declare module '../../web/view.ts' {
  interface Views {
    'customers/placing': PlacementView
  }
}

/** The search; undefined when the dialog is opened, before anything is searched for. */
const q = z.union([z.undefined(), line('The search', 80)]).catch('')
const show = { schema: { params: idParams, querystring: z.object({ q, back: localPath }) } } as const
const optional = id.optional().catch(undefined)
/** `sure` is the group that the user was asked about and confirmed. */
const chosen = z.object({ group: id.catch(0), sure: optional, was: optional, back: localPath }).catch({ group: 0 })
const put = { schema: { params: idParams, body: chosen } } as const

const MOST = 50

/**
 * Registers the page that puts a customer into a list or another primary group in one step. It is reached from the
 * customer's page and from the gear in a list of customers.
 */
export function offerPlacement(
  app: App,
  path: '/customers/:id/lists' | '/customers/:id/primary-group',
  kind: Group['kind']
) {
  app.get(path, show, async (request, reply) => {
    const { q, back = null } = request.query
    const customer = await findPlaceable(request.em, request.params.id)
    return placementPage(request, reply, customer, { kind, q, back })
  })

  app.post(path, put, async (request, reply) => {
    const { em, body } = request
    const customer = await findPlaceable(em, request.params.id)
    const { sure, was, back = null } = body
    const user = signedIn(request)
    const group = await em.findOne(Group, sure ?? body.group)
    if (group?.kind === kind) group.refuseTaking(user)
    const gone = whyMayNotJoin(group, kind, user)
    const refuse = (problem: string) => placementPage(request, reply.code(409), customer, { kind, back, problem })
    if (gone || !group) return refuse(gone ?? '')
    const leaving = sure ? null : await departureQuestionFor(request, customer, group)
    const owing = leaving && { ...leaving, groupId: group.id }
    if (owing) return placementPage(request, reply.code(422), customer, { kind, back, owing })
    const placed = await putIntoGroup(em, customer.id, group, was, actorOf(request))
    if (placed.isOvertaken)
      return refuse(`Someone else just moved ${customer.name}. Nothing was changed. Choose again.`)
    return reply.seeOther(
      back ?? `/customers/${customer.id}`,
      await placementMessage(em, customer, group, placed, request)
    )
  })
}

async function findPlaceable(em: Em, customerId: number): Promise<Customer> {
  const customer = await em.findOneOrFail(Customer, customerId)
  if (customer.isWalkIn) throw new RuleError('The walk-in customer can’t be moved or added to a list.')
  return customer
}

/** Says what was done, with an Undo for those who may use it. */
async function placementMessage(
  em: Em,
  customer: Customer,
  group: Group,
  placed: PlacementResult,
  request: FastifyRequest
): Promise<string | Flash> {
  const { operationId, from } = placed
  if (operationId === null) return `${customer.name} is already in ${group.name}.`
  const text = from
    ? `${customer.name} moved from ${from.name} to ${group.name}.`
    : `${customer.name} was added to ${group.name}.`
  const before = from ? await em.findOne(Group, from.id) : group
  return before?.mayTakeBack(signedIn(request)) ? { text, undo: operationId } : text
}

async function placementPage(
  request: FastifyRequest,
  reply: FastifyReply,
  customer: Customer,
  asked: Pick<PlacementView, 'kind' | 'back'> & { q?: string; problem?: string; owing?: PlacementView['owing'] }
) {
  const { em } = request
  const { kind, q, back, problem = null, owing = null } = asked
  const memberships = await listMemberships(em, customer.id)
  const primary = memberships.find((one) => one.kind === 'primary')
  if (!primary) throw new Error(`Customer ${customer.id} has no primary group`)
  const except = memberships.map(({ groupId }) => groupId)
  const withPrivileged = signedIn(request).may('manager')
  const found = await listChoices(em, { kind, q, withPrivileged, except, limit: MOST + 1 })
  const title = kind === 'list' ? `Add ${customer.name} to a list` : `Move ${customer.name} to another primary group`
  const offered = { offered: found.slice(0, MOST), hasMore: found.length > MOST, q: q ?? '' }
  const page = { title, active: 'customers' as const, customer, kind, primary, ...offered, back, problem, owing }
  return reply.page('customers/placing', page, q === undefined ? 'customers/_placing' : 'customers/_places')
}
