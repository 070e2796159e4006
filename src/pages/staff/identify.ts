import type { FastifyRequest } from 'fastify'
import { note } from '../../activity/note.ts'
import type { Em } from '../../db/orm.ts'
import { networkOf } from '../../lib/network.ts'
import { tryPassword, type Wait } from '../../staff/attempts.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import { trierOf } from './trier.ts'

/**
 * Finds the person with this e-mail and password, if there is one, or says how long to wait. Neither answer reveals
 * whether the account exists.
 */
export async function identify(
  request: FastifyRequest,
  { email, password }: { email: string; password: string }
): Promise<StaffMember | Wait | null> {
  const person = await findForSignIn(request.em, email)
  const trier = trierOf(request, email, person)
  const isRight = await tryPassword(request.em, trier, person, password)
  if (typeof isRight === 'object') return isRight
  if (!isRight) await noteFailed(request, person)
  return isRight ? person : null
}

/**
 * Notes a failed sign-in. An e-mail without an account is noted too, but not the e-mail itself, because people type
 * passwords into the wrong field.
 */
async function noteFailed(request: FastifyRequest, person: StaffMember | null): Promise<void> {
  const { em, now } = request
  request.log.warn({ network: networkOf(request.ip), account: person?.id ?? null }, 'sign-in failed')
  await note(em, 'sign-in-failed', { id: null, now }, person ? { staffMemberId: person.id } : {})
}

async function findForSignIn(em: Em, email: string): Promise<StaffMember | null> {
  return em.findOne(StaffMember, { email, disabledAt: null }, { populate: ['passwordHash'] })
}
