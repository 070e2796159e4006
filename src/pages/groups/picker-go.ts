import type { FastifyReply, FastifyRequest } from 'fastify'
import { startOperation } from '../../bulk/start.ts'
import type { GroupWithCounts } from '../../groups/queries.ts'
import { RuleError } from '../../lib/errors.ts'
import type { Tally } from '../../selections/selected-customers.ts'
import type { Purpose, Selection } from '../../selections/selection.ts'
import { afterwards } from '../operations/show.ts'
import { actorOf, signedIn } from '../shared/access.ts'
import { needsConfirmation } from './confirm.ts'
import type { PickerForm, PickerList } from './picker-form.ts'
import { pathOf, pickerPage, type Request } from './picker-page.ts'

/** The most customers that staff can add at a time (docs/rules.md, Roles). */
const MOST_BY_STAFF = 25

interface PickerAction {
  counts: GroupWithCounts
  purpose: Purpose
  picked: PickerList
  form: PickerForm
  selection: Selection
  before: Tally
  selected: number
}

/** Starts the operation on the selected customers, or asks for confirmation first. */
export async function startOrConfirm(
  request: Request,
  reply: FastifyReply,
  { counts, purpose, picked, form, selection, before, selected }: PickerAction
) {
  const { em } = request
  const { group } = counts
  const refusal = refusedNumber(request, selected, purpose)
  if (refusal) return pickerPage(request, reply.code(422), counts, purpose, picked, selection, { error: refusal })
  if (form.do === 'go' && (await needsConfirmation(em, group, purpose, selection)))
    return reply.seeOther(picked.placeHref(pathOf(group, purpose), { sure: 'ask' }))
  const chosen =
    form.expected === undefined ? Math.max(selected, form.ids.length) : form.expected + selected - before.selected
  const asked = { kind: purpose, group, selectionId: selection.id, expected: Math.max(0, chosen), size: selected }
  try {
    return afterwards(reply, await startOperation(em, asked, actorOf(request)))
  } catch (error) {
    if (!(error instanceof RuleError)) throw error
    // The operation failed, and the selection is as it was.
    return pickerPage(request, reply.code(409), counts, purpose, picked, selection, { error: error.message })
  }
}

function refusedNumber(request: FastifyRequest, selected: number, purpose: Purpose): string | null {
  if (selected === 0) return `Select at least one customer, then ${purpose}.`
  if (selected <= MOST_BY_STAFF || signedIn(request).may('manager')) return null
  return `You can add up to ${MOST_BY_STAFF} customers at a time. A manager can add more.`
}
