import type { FastifyReply, FastifyRequest } from 'fastify'
import { RuleError } from '../../lib/errors.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { idParams } from '../../lib/fields.ts'
import { listStaff } from '../../staff/queries.ts'
import { disable, enable } from '../../staff/save.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'staff/index': Heading & { people: StaffMember[]; errors: FieldErrors }
  }
}

const role = 'admin' as const
const all = { config: { role } } as const
const one = { config: { role }, schema: { params: idParams } } as const

export async function staffRoutes(app: App) {
  app.get('/staff', all, async (request, reply) => listPage(request, reply))

  app.post('/staff/:id/disabling', one, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    try {
      await disable(request.em, person.id, actorOf(request))
      return reply.seeOther('/staff', `${person.name} was disabled and signed out everywhere.`)
    } catch (error) {
      if (!(error instanceof RuleError)) throw error
      return listPage(request, reply.code(409), error.message)
    }
  })

  app.post('/staff/:id/enabling', one, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    await enable(request.em, person.id, actorOf(request))
    return reply.seeOther('/staff', `${person.name} was enabled.`)
  })
}

async function listPage(request: FastifyRequest, reply: FastifyReply, refusal: string | null = null) {
  const people = await listStaff(request.em)
  return reply.page('staff/index', { ...heading('Staff'), people, errors: refusal ? { form: refusal } : {} })
}
