import { randomUUID } from 'node:crypto'
import type { FastifyReply } from 'fastify'
import { z } from 'zod'
import { DuplicateError, type Owner } from '../../db/duplicates.ts'
import { once } from '../../db/once.ts'
import { asTyped, emptyForm, type GroupForm, newGroup } from '../../groups/form.ts'
import { createGroup } from '../../groups/save.ts'
import { SETTINGS, type Setting } from '../../groups/settings.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'

declare module '../../web/view.ts' {
  interface Views {
    'groups/new': Heading & {
      form: GroupForm
      settings: Setting[]
      errors: FieldErrors
      /** The group that already has the name. */
      taken: Owner | null
      key: string
    }
  }
}

const role = 'manager' as const
const kind = z.enum(['primary', 'list']).catch('primary')
const blank = { config: { role }, schema: { querystring: z.object({ kind }) } } as const
const create = { config: { role }, schema: { body: z.unknown() } } as const

export async function newGroupRoutes(app: App) {
  app.get('/groups/new', blank, async (request, reply) => {
    return newPage(reply, emptyForm(request.query.kind), randomUUID())
  })

  app.post('/groups', create, async (request, reply) => {
    const parsed = newGroup.safeParse(request.body)
    if (!parsed.success)
      return newPage(reply.code(422), asTyped(request.body), marksOf(request.body).key, fieldErrors(parsed.error))
    try {
      const actor = actorOf(request)
      const { location } = await once(request.em, { key: parsed.data.key, form: 'group', by: actor.id }, async (em) => {
        const group = await createGroup(em, parsed.data, actor)
        return `/groups/${group.id}`
      })
      return reply.seeOther(location, `${parsed.data.name} was created. Now add customers.`)
    } catch (error) {
      if (!(error instanceof DuplicateError)) throw error
      return newPage(reply.code(422), asTyped(request.body), parsed.data.key, error.errors, error.owners[0])
    }
  })
}

function newPage(
  reply: FastifyReply,
  form: GroupForm,
  key: string,
  errors: FieldErrors = {},
  taken: Owner | null = null
) {
  const title = form.kind === 'list' ? 'New List' : 'Create Customer Group'
  return reply.page('groups/new', { ...heading(title), form, settings: SETTINGS, errors, taken, key })
}
