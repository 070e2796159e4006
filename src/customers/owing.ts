import type { FastifyRequest } from 'fastify'
import { z } from 'zod'
import { findGroup } from '../groups/queries.ts'
import { id } from '../web/fields.ts'
import type { Customer } from './customer.ts'
import { type Debts, debtOnJoining } from './debts.ts'
import type { GroupFields } from './form.ts'
import { movedTo } from './groups.ts'

/** What a customer owes whom a form moves out of on-account sale, and the name of the group that it moves them to. */
export interface Owing {
  debts: Debts
  group: string
}

const answer = z.object({ owing: id }).nullish().catch(null)

/** The group for which a form says that its person knows. */
export const answeredFor = ({ body }: FastifyRequest): number | null => answer.parse(body)?.owing ?? null

/** A button said which group it moves to, and the form by then chose another: nothing is saved as long as nobody has seen that. */
export function answersAnother(request: FastifyRequest, { primary }: GroupFields): boolean {
  const answered = answeredFor(request)
  return answered !== null && answered !== primary
}

/** What is still to be asked about: once for each such group. */
export async function findOwing(
  request: FastifyRequest,
  customer: Customer,
  chosen: GroupFields
): Promise<Owing | null> {
  const to = movedTo(chosen)
  if (to === null || to === answeredFor(request)) return null
  const group = await findGroup(request.em, to)
  const debts = await debtOnJoining(request.em, group, customer.id)
  return debts && { debts, group: group.name }
}
