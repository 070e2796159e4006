import type { FastifyReply, FastifyRequest } from 'fastify'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import { type makeLink, makeNotedLink } from '../../staff/links.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'staff/link': Heading & { person: StaffMember; link: string; until: Date }
  }
}

const role = 'admin' as const
const one = { config: { role }, schema: { params: idParams } } as const

export async function staffLinkRoutes(app: App, publicUrl: string | undefined) {
  app.post('/staff/:id/link', one, async (request, reply) => {
    const make = (person: StaffMember) => makeNotedLink(request.em, person, actorOf(request))
    return linkPage(request, reply, publicUrl, request.params.id, make)
  })
}

/** Shows a new one-time link. It is never shown again, and asking again makes another that replaces it. */
export async function linkPage(
  request: FastifyRequest,
  reply: FastifyReply,
  publicUrl: string | undefined,
  id: number,
  make: (person: StaffMember) => ReturnType<typeof makeLink>
) {
  const person = await request.em.findOneOrFail(StaffMember, id, { populate: ['passwordHash'] })
  if (person.disabledAt) throw new RuleError(`${person.name} is disabled. Enable them first.`)
  const { token, expiresAt } = await make(person)
  const base = publicUrl ?? `${request.protocol}://${request.host}`
  return reply.page('staff/link', {
    ...heading('One-time link'),
    person,
    link: `${base}/link/${token}`,
    until: expiresAt
  })
}
