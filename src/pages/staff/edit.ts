import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RuleError } from '../../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { idParams, marksOf } from '../../lib/fields.ts'
import { asTyped, formOf, type StaffForm, staffChanges } from '../../staff/form.ts'
import { changeStaff } from '../../staff/save.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type ConcurrentEdit, saveOrShowBoth } from '../shared/concurrent-edit.ts'
import { type Heading, heading } from './heading.ts'

interface EditPage extends Heading, ConcurrentEdit<StaffForm> {
  person: StaffMember
  form: StaffForm
  errors: FieldErrors
}

declare module '../../web/view.ts' {
  interface Views {
    'staff/edit': EditPage
  }
}

const role = 'admin' as const
const one = { config: { role }, schema: { params: idParams } } as const
const change = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

export async function staffEditRoutes(app: App) {
  app.get('/staff/:id/edit', one, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    return editPage(reply, person, { form: formOf(person) })
  })

  app.post('/staff/:id/edit', change, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    return saveChanges(request, reply, person)
  })
}

async function saveChanges(request: FastifyRequest, reply: FastifyReply, person: StaffMember) {
  const form = { ...asTyped(request.body), email: person.email }
  const parsed = staffChanges.safeParse(request.body ?? {})
  // The version that the form was filled in for, so that a change that somebody saves in between is still noticed when
  // the form is sent again.
  const { version } = marksOf(request.body)
  if (!parsed.success) return editPage(reply.code(422), person, { form, version, errors: fieldErrors(parsed.error) })
  const save = async () => {
    await changeStaff(request.em, person.id, parsed.data, actorOf(request))
    return reply.seeOther('/staff', `Changes to ${parsed.data.name} were saved.`)
  }
  const showBoth = async () => {
    const theirs = await request.em.refreshOrFail(person)
    return editPage(reply.code(409), theirs, { form, theirs: formOf(theirs) })
  }
  try {
    return await saveOrShowBoth(save, showBoth)
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return editPage(reply.code(409), person, { form, version, errors: { role: error.message } })
  }
}

function editPage(reply: FastifyReply, person: StaffMember, view: Pick<EditPage, 'form'> & Partial<EditPage>) {
  const data = { person, version: person.version, errors: {}, theirs: null, ...view, ...heading(`Edit ${person.name}`) }
  return reply.page('staff/edit', data)
}
