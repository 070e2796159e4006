import type { FastifyReply, FastifyRequest } from 'fastify'
import { DuplicateError } from '../../db/duplicates.ts'
import { once } from '../../db/once.ts'
import type { Em } from '../../db/orm.ts'
import type { StaffActor } from '../../lib/actor.ts'
import { RuleError } from '../../lib/errors.ts'
import { fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { asTyped, newPlace } from '../../tills/form.ts'
import { actorOf } from '../shared/access.ts'
import type { Answer } from '../shared/concurrent-edit.ts'
import { type Named, namePage } from './name-page.ts'

interface Adding extends Named {
  /** Adds it under that name, and answers the address of its page. */
  add(em: Em, name: string, actor: StaffActor): Promise<string>
  /** What is said on that page. */
  said(name: string): string
}

/** Adds a shop or a till once, or shows its form again with what is wrong. */
export async function addNamed(request: FastifyRequest, reply: FastifyReply, adding: Adding): Answer {
  const { add, said, ...named } = adding
  const form = asTyped(request.body)
  const mark = { name: 'key' as const, value: marksOf(request.body).key }
  const parsed = newPlace.safeParse(request.body ?? {})
  if (!parsed.success) return namePage(reply.code(422), named, { form, mark, errors: fieldErrors(parsed.error) })
  const { name, key } = parsed.data
  const actor = actorOf(request)
  try {
    const sent = { key, form: named.what, by: actor.id }
    const { location } = await once(request.em, sent, (em) => add(em, name, actor))
    return reply.seeOther(location, said(name))
  } catch (error) {
    if (error instanceof DuplicateError)
      return namePage(reply.code(422), named, { form, mark, errors: error.errors, taken: error.owners[0] })
    if (error instanceof RuleError)
      return namePage(reply.code(409), named, { form, mark, errors: { form: error.message } })
    throw error
  }
}
