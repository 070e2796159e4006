import type { FastifyRequest } from 'fastify'
import { note } from '../../activity/note.ts'
import type { Em } from '../../db/orm.ts'
import { networkOf } from '../../lib/network.ts'
import { tryPassword, type Wait } from '../../staff/attempts.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import { trierOf } from './trier.ts'

/** Whose e-mail and password these are, if anybody's; or how long to wait. Neither answer says whether there is such an account. */
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

/** Of an address that is nobody's there is an entry too, but not the address: people type their passwords there. */
async function noteFailed(request: FastifyRequest, person: StaffMember | null): Promise<void> {
  const { em, now } = request
  request.log.warn({ network: networkOf(request.ip), account: person?.id ?? null }, 'sign-in failed')
  await note(em, 'sign-in-failed', { id: null, now }, person ? { staffMemberId: person.id } : {})
}

async function findForSignIn(em: Em, email: string): Promise<StaffMember | null> {
  return em.findOne(StaffMember, { email, disabledAt: null }, { populate: ['passwordHash'] })
}
