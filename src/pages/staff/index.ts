import { randomUUID } from 'node:crypto'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { RuleError } from '../../lib/errors.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { idParams, marksOf } from '../../lib/fields.ts'
import { EmailTaken } from '../../staff/create.ts'
import { asTyped, EMPTY_FORM, formOf, invitation, type StaffForm, staffChanges } from '../../staff/form.ts'
import { invite } from '../../staff/invite.ts'
import { makeLink, makeNotedLink } from '../../staff/links.ts'
import { type ListedPerson, listStaff } from '../../staff/queries.ts'
import { changeStaff, disable, enable } from '../../staff/save.ts'
import { StaffMember } from '../../staff/staff-member.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'

interface StaffPage {
  title: string
  active: 'staff'
}

interface EditPage extends StaffPage {
  person: StaffMember
  form: StaffForm
  version: number
  errors: FieldErrors
  /** Somebody else's version, saved since the form was opened. */
  theirs: StaffForm | null
}

declare module '../../web/view.ts' {
  interface Views {
    'staff/index': StaffPage & { people: ListedPerson[]; errors: FieldErrors }
    'staff/new': StaffPage & { form: StaffForm; errors: FieldErrors; key: string }
    'staff/edit': EditPage
    'staff/link': StaffPage & { person: StaffMember; link: string; until: Date }
  }
}

const role = 'admin' as const
const all = { config: { role } } as const
const create = { config: { role }, schema: { body: z.unknown() } } as const
const one = { config: { role }, schema: { params: idParams } } as const
const change = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

export async function staffRoutes(app: App, publicUrl: string | undefined) {
  app.get('/staff', all, async (request, reply) => listPage(request, reply))

  app.get('/staff/new', all, async (_request, reply) => newPage(reply, EMPTY_FORM, randomUUID()))

  app.post('/staff', create, async (request, reply) => {
    const form = asTyped(request.body)
    const parsed = invitation.safeParse(request.body ?? {})
    if (!parsed.success) return newPage(reply.code(422), form, marksOf(request.body).key, fieldErrors(parsed.error))
    try {
      const id = await invite(request.em, parsed.data, actorOf(request))
      return await linkPage(request, reply, id, (person) => makeLink(request.em, person, request.now))
    } catch (error) {
      if (!(error instanceof EmailTaken)) throw error
      return newPage(reply.code(422), form, parsed.data.key, error.errors)
    }
  })

  app.get('/staff/:id/edit', one, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    return editPage(reply, person, { form: formOf(person) })
  })

  app.post('/staff/:id/edit', change, async (request, reply) => {
    const person = await request.em.findOneOrFail(StaffMember, request.params.id)
    return saveChanges(request, reply, person)
  })

  app.post('/staff/:id/link', one, async (request, reply) => {
    const make = (person: StaffMember) => makeNotedLink(request.em, person, actorOf(request))
    return linkPage(request, reply, request.params.id, make)
  })

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

  /** The one time that a link is seen; asking again makes another, which replaces it. */
  async function linkPage(
    request: FastifyRequest,
    reply: FastifyReply,
    id: number,
    make: (person: StaffMember) => ReturnType<typeof makeLink>
  ) {
    const person = await request.em.findOneOrFail(StaffMember, id, { populate: ['passwordHash'] })
    if (person.disabledAt) throw new RuleError(`${person.name} is disabled. Enable them first.`)
    const { token, expiresAt } = await make(person)
    const base = publicUrl ?? `${request.protocol}://${request.host}`
    return reply.page('staff/link', {
      ...titled('One-time link'),
      person,
      link: `${base}/link/${token}`,
      until: expiresAt
    })
  }
}

async function listPage(request: FastifyRequest, reply: FastifyReply, refusal: string | null = null) {
  const people = await listStaff(request.em)
  return reply.page('staff/index', { ...titled('Staff'), people, errors: refusal ? { form: refusal } : {} })
}

async function saveChanges(request: FastifyRequest, reply: FastifyReply, person: StaffMember) {
  const form = { ...asTyped(request.body), email: person.email }
  const parsed = staffChanges.safeParse(request.body ?? {})
  // The version it was filled in for: what somebody saved since must still be noticed when it is sent again.
  const { version } = marksOf(request.body)
  if (!parsed.success) return editPage(reply.code(422), person, { form, version, errors: fieldErrors(parsed.error) })
  try {
    const isSaved = await changeStaff(request.em, person.id, parsed.data, actorOf(request))
    if (isSaved) return reply.seeOther('/staff', `Changes to ${parsed.data.name} were saved.`)
    const theirs = await request.em.findOneOrFail(StaffMember, person.id, { refresh: true })
    return editPage(reply.code(409), theirs, { form, theirs: formOf(theirs) })
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    return editPage(reply.code(409), person, { form, version, errors: { role: error.message } })
  }
}

function newPage(reply: FastifyReply, form: StaffForm, key: string, errors: FieldErrors = {}) {
  return reply.page('staff/new', { ...titled('Invite a colleague'), form, errors, key })
}

function editPage(reply: FastifyReply, person: StaffMember, view: Pick<EditPage, 'form'> & Partial<EditPage>) {
  const data = { person, version: person.version, errors: {}, theirs: null, ...view, ...titled(`Edit ${person.name}`) }
  return reply.page('staff/edit', data)
}

function titled(title: string): StaffPage {
  return { title, active: 'staff' }
}
