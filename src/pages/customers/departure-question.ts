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

/** What is asked before a customer leaves a primary group, and the name of the one that they would join. */
export interface DepartureQuestion {
  text: string
  group: string
}

const answer = z.object({ owing: id }).nullish().catch(null)

/** The group for which a form says that its person knows. */
export const answeredGroupOf = ({ body }: FastifyRequest): number | null => answer.parse(body)?.owing ?? null

/** A button said which group it moves to, and the form by then chose another: nothing is saved as long as nobody has seen that. */
export function answersAnotherGroup(request: FastifyRequest, { primary }: GroupFields): boolean {
  const answered = answeredGroupOf(request)
  return answered !== null && answered !== primary
}

/** What is still to be asked about a form: once for each such group. */
export async function findDepartureQuestion(
  request: FastifyRequest,
  customer: Customer,
  chosen: GroupFields
): Promise<DepartureQuestion | null> {
  const to = targetOfMove(chosen)
  if (to === null || to === answeredGroupOf(request)) return null
  return departureQuestionFor(request, customer, await findGroup(request.em, to))
}

/** A customer who owes something loses on-account sale, or whoever moves them can't move them back; null if neither. */
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
