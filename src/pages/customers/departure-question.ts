import type { FastifyRequest } from 'fastify'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Customer } from '../../customers/customer.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { noWayBack } from '../../groups/rights.ts'
import { joinSentences, noWayBackSentence } from '../../groups/sentences.ts'
import { debtOnJoining } from '../../impact/debts.ts'
import { id } from '../../lib/fields.ts'
import type { GroupFields } from '../../membership/chosen-groups.ts'
import { targetOfMove } from '../../membership/chosen-groups.ts'
import { formatOf, retailerOf, signedIn } from '../shared/access.ts'

/** The question before a customer leaves a primary group, and the name of the group they would join. */
export interface DepartureQuestion {
  text: string
  group: string
}

const answer = z.object({ owing: id }).nullish().catch(null)

/** The id of the group for which the form has the answer; null if it has none. */
export const answeredGroupOf = ({ body }: FastifyRequest): number | null => answer.parse(body)?.owing ?? null

/**
 * Whether the answer was given for a group other than the one that the form now chooses. Then nothing is saved, because
 * nobody was asked about that one.
 */
export function answersAnotherGroup(request: FastifyRequest, { primary }: GroupFields): boolean {
  const answered = answeredGroupOf(request)
  return answered !== null && answered !== primary
}

/** Finds the question that a form must still answer. Each group is asked about once. */
export async function findDepartureQuestion(
  request: FastifyRequest,
  customer: Customer,
  chosen: GroupFields
): Promise<DepartureQuestion | null> {
  const to = targetOfMove(chosen)
  if (to === null || to === answeredGroupOf(request)) return null
  return departureQuestionFor(request, customer, await findGroup(request.em, to))
}

/**
 * The question for a customer who moves to a group: they owe something and would lose on-account sale, or the user
 * can't move them back. Null if neither is so.
 */
export async function departureQuestionFor(
  request: FastifyRequest,
  customer: Customer,
  to: Group
): Promise<DepartureQuestion | null> {
  if (to.isList) return null
  const { em } = request
  const from = sql<{ id: number }>`
    select group_id as id from primary_membership where customer_id = ${customer.id} and group_id <> ${to.id}
  `
  const debts = await debtOnJoining(em, to, customer.id)
  const closed = await noWayBack(em, from, signedIn(request))
  const owed = debts && formatOf(retailerOf(request)).money(debts.owed)
  const text = joinSentences(
    owed !== null && `${customer.name} owes ${owed} and will no longer be able to buy on account in ${to.name}.`,
    closed.length > 0 && noWayBackSentence(closed, customer.name)
  )
  return text ? { text, group: to.name } : null
}
