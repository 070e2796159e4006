import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { DuplicateError } from '../../db/duplicates.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { asTyped, EMPTY_FORM, invitation, type StaffForm } from '../../staff/form.ts'
import { invite } from '../../staff/invite.ts'
import { makeLink } from '../../staff/links.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'
import { linkPage } from './link.ts'

declare module '../../web/view.ts' {
  interface Views {
    'staff/new': Heading & { form: StaffForm; errors: FieldErrors; key: string }
  }
}

const role = 'admin' as const
const all = { config: { role } } as const
const create = { config: { role }, schema: { body: z.unknown() } } as const

/** Invites a colleague with a link that works once. */
export async function invitationRoutes(app: App, publicUrl: string | undefined) {
  app.get('/staff/new', all, async (_request, reply) => newPage(reply, EMPTY_FORM, randomUUID()))

  app.post('/staff', create, async (request, reply) => {
    const form = asTyped(request.body)
    const parsed = invitation.safeParse(request.body ?? {})
    if (!parsed.success) return newPage(reply.code(422), form, marksOf(request.body).key, fieldErrors(parsed.error))
    try {
      const id = await invite(request.em, parsed.data, actorOf(request))
      return await linkPage(request, reply, publicUrl, id, (person) => makeLink(request.em, person, request.now))
    } catch (error) {
      if (!(error instanceof DuplicateError)) throw error
      return newPage(reply.code(422), form, parsed.data.key, error.errors)
    }
  })
}

function newPage(reply: FastifyReply, form: StaffForm, key: string, errors: FieldErrors = {}) {
  return reply.page('staff/new', { ...heading('Invite a colleague'), form, errors, key })
}
