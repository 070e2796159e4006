import type { FastifyReply, FastifyRequest } from 'fastify'
import { DuplicateError } from '../../db/duplicates.ts'
import { fieldErrors } from '../../lib/field-errors.ts'
import { marksOf } from '../../lib/fields.ts'
import { asTyped, type Renaming, renaming } from '../../tills/form.ts'
import type { Shop } from '../../tills/shop.ts'
import type { Till } from '../../tills/till.ts'
import { type Answer, saveOrShowBoth } from '../shared/concurrent-edit.ts'
import { type Named, namePage } from './name-page.ts'

export function renamePage(reply: FastifyReply, named: Named, { name, version }: Shop | Till) {
  return namePage(reply, named, { form: { name }, mark: { name: 'version', value: version } })
}

/** Renames a shop or a till, or shows its form again with what is wrong or what somebody else has saved. */
export async function rename(
  request: FastifyRequest,
  reply: FastifyReply,
  named: Named,
  place: Shop | Till,
  save: (form: Renaming) => Promise<void>
): Answer {
  const form = asTyped(request.body)
  const marked = (value: number) => ({ form, mark: { name: 'version' as const, value } })
  const filledIn = marked(marksOf(request.body).version)
  const parsed = renaming.safeParse(request.body ?? {})
  if (!parsed.success) return namePage(reply.code(422), named, { ...filledIn, errors: fieldErrors(parsed.error) })
  const { name } = parsed.data
  const saved = () => reply.seeOther(named.back.href, `${name} was saved.`)
  const showBoth = async () => {
    const theirs = await request.em.refreshOrFail(place)
    // A second click is no conflict.
    if (theirs.name === name) return saved()
    return namePage(reply.code(409), named, { ...marked(theirs.version), theirs: { name: theirs.name } })
  }
  try {
    return await saveOrShowBoth(() => save(parsed.data).then(saved), showBoth)
  } catch (error) {
    if (!(error instanceof DuplicateError)) throw error
    return namePage(reply.code(422), named, { ...filledIn, errors: error.errors, taken: error.owners[0] })
  }
}
