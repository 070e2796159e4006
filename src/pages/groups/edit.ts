import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { DuplicateError, type Owner } from '../../db/duplicates.ts'
import { asTyped, formOf, type GroupForm, groupChanges } from '../../groups/form.ts'
import type { Group } from '../../groups/group.ts'
import { findGroup } from '../../groups/queries.ts'
import { changeGroup } from '../../groups/save.ts'
import type { Setting } from '../../groups/settings.ts'
import { type Debts, debtsOfMembers } from '../../impact/debts.ts'
import { type FieldErrors, fieldErrors } from '../../lib/field-errors.ts'
import { idParams, marksOf } from '../../lib/fields.ts'
import { sellsOnAccount } from '../../sales/policy.ts'
import type { App } from '../../web/validation.ts'
import { actorOf } from '../shared/access.ts'
import { type ConcurrentEdit, saveOrShowBoth } from '../shared/concurrent-edit.ts'
import { type Heading, heading } from './heading.ts'

/** How the members of a group lose on-account sale: it is no longer allowed, or purchases are restricted. */
type Ending = 'stop' | 'restrict'

interface EditView extends Heading, ConcurrentEdit<GroupForm> {
  form: GroupForm
  errors: FieldErrors
  /** The group that already has the name. */
  taken: Owner | null
  group: Group
  /** The settings on the form. */
  settings: Setting[]
  /**
   * The debts of members who could no longer buy on account. They are asked about once, and again if there are more by
   * then.
   */
  debts: Debts | null
  ends: Ending | null
  /** Whether the settings differ from those that the user was asked about. */
  isChanged: boolean
}

declare module '../../web/view.ts' {
  interface Views {
    'groups/edit': EditView
  }
}

const role = 'manager' as const
const show = { config: { role }, schema: { params: idParams } } as const
const change = { config: { role }, schema: { params: idParams, body: z.unknown() } } as const

/** The answer to that question, with the number of debtors it was about. */
const sure = z
  .looseObject({ sure: z.string().regex(/^(stop|restrict) \d{1,9}$/) })
  .transform((body) => {
    const [ends, customers] = body.sure.split(' ')
    return { ends, customers: Number(customers) }
  })
  .nullable()
  .catch(null)

export async function groupEditRoutes(app: App) {
  app.get('/groups/:id/edit', show, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return editPage(reply, group, { form: formOf(group) })
  })

  app.post('/groups/:id/edit', change, async (request, reply) => {
    const group = await findGroup(request.em, request.params.id)
    return saveChanges(request, reply, group)
  })
}

async function saveChanges(request: FastifyRequest, reply: FastifyReply, group: Group) {
  const form = { ...asTyped(request.body), kind: group.kind }
  const parsed = groupChanges.safeParse({ name: group.name, ...withoutBlankName(group, request.body) })
  // The version that the form was filled in for, so that a change that somebody saves in between is still noticed when
  // the form is sent again.
  const { version } = marksOf(request.body)
  if (!parsed.success) return editPage(reply.code(422), group, { form, version, errors: fieldErrors(parsed.error) })
  const [ends, answered] = [endingOf(group, parsed.data), sure.parse(request.body)]
  const isChanged = answered !== null && answered.ends !== ends
  const debts = await debtsOfMembers(request.em, group, parsed.data)
  const isAsked = debts !== null && (answered === null || isChanged || debts.customers > answered.customers)
  if (isAsked || isChanged) return editPage(reply.code(422), group, { form, version, debts, ends, isChanged })
  const save = async () => {
    await changeGroup(request.em, group, parsed.data, actorOf(request))
    return reply.seeOther(`/groups/${group.id}`, `${parsed.data.name} was saved.`)
  }
  const showBoth = async () => {
    const theirs = await request.em.refreshOrFail(group)
    return editPage(reply.code(409), theirs, { form, theirs: formOf(theirs) })
  }
  try {
    return await saveOrShowBoth(save, showBoth)
  } catch (error) {
    if (!(error instanceof DuplicateError)) throw error
    return editPage(reply.code(422), group, { form, version, errors: error.errors, taken: error.owners[0] ?? null })
  }
}

function endingOf(group: Group, next: Pick<Group, 'allowsOnAccount' | 'restrictsPurchases'>): Ending | null {
  if (!sellsOnAccount(group) || sellsOnAccount(next)) return null
  return next.allowsOnAccount ? 'restrict' : 'stop'
}

/** Adds the name of a system group, whose form has no field for it. */
function withoutBlankName(group: Group, body: unknown): object {
  const fields = typeof body === 'object' && body !== null ? body : {}
  return group.system ? { ...fields, name: group.name } : fields
}

function editPage(reply: FastifyReply, group: Group, view: Pick<EditView, 'form'> & Partial<EditView>) {
  const title = group.isList ? 'Edit List' : 'Edit Customer Group'
  const nothing = { errors: {}, taken: null, theirs: null, debts: null, ends: null, isChanged: false }
  const settings = group.settings.filter((one) => !group.isWalkIn || !one.isNotForWalkIn)
  const data = { group, settings, version: group.version, ...nothing, ...view, ...heading(title) }
  return reply.page('groups/edit', data, 'groups/_edit')
}
