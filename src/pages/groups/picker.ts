import type { FastifyReply, FastifyRequest } from 'fastify'
import { findNamed } from '../../customers/list/index.ts'
import type { Group } from '../../groups/group.ts'
import { findGroupWithCounts } from '../../groups/queries.ts'
import { refuseRemoving } from '../../groups/rights.ts'
import { Refusal } from '../../lib/errors.ts'
import type { Currency } from '../../lib/money.ts'
import { findOperation } from '../../operations/operation.ts'
import { selectAllPages, type Tally, tally } from '../../selections/selected-customers.ts'
import { noteTicks, openSelection, type Purpose, type Selection, selectNone } from '../../selections/selection.ts'
import { wantsFragment } from '../../web/view.ts'
import { panelPart } from '../customers/panel.ts'
import { afterwards } from '../operations/show.ts'
import { actorOf, calendarOf, retailerOf, signedIn } from '../shared/access.ts'
import { confirmationPage } from './confirm.ts'
import { changedTicks, type PickerForm, PickerList } from './picker-form.ts'
import { startOrConfirm } from './picker-go.ts'
import { pathOf, pickerBar, pickerPage, type Request, selectionOf } from './picker-page.ts'

/** The most boxes that can be ticked one by one. More customers are selected with All Pages. */
const MOST_TICKED = 1_000
/** Shows Add Existing Customers or Bulk Remove. The selection lasts while the user searches, filters and pages. */
export async function showPicker(
  request: Request,
  reply: FastifyReply,
  purpose: Purpose,
  query: Record<string, unknown>
) {
  const picked = new PickerList(query, retailerOf(request))
  const counts = await findGroupWithCounts(request.em, request.params.id)
  await refuse(request, counts.group, purpose)
  if (picked.asks) {
    const question = await confirmationPage(request, reply, counts.group, purpose, picked)
    return question ?? reply.redirect(picked.placeHref(pathOf(counts.group, purpose)), 303)
  }
  const part = await panelPart(request, reply, { filter: picked.filter, hasGroups: true, picked })
  if (part) return part
  return pickerPage(request, reply, counts, purpose, picked, await selectionOf(request, counts.group, purpose, picked))
}

/** Handles every button of the form, and every tick. The boxes are saved first, so that no tick is lost. */
export async function pressButton(request: Request, reply: FastifyReply, purpose: Purpose, form: PickerForm) {
  const { em } = request
  const counts = await findGroupWithCounts(em, request.params.id)
  const { group } = counts
  await refuse(request, group, purpose)
  const actor = actorOf(request)
  const path = pathOf(group, purpose)
  const place = retailerOf(request)
  const at = form.at ? `${form.at}&selection=${form.selection}` : `selection=${form.selection}`
  const picked = PickerList.at(at, place)
  const { selection: opened, isNew } = await openSelection(em, form.selection, group, purpose, actor)
  if (opened.operationId !== null) return afterwards(reply, await findOperation(em, opened.operationId))
  const error = tooMany(form)
  if (error) return pickerPage(request, reply.code(422), counts, purpose, picked, opened, { error })
  const isGoing = form.do === 'go' || form.do === 'sure'
  const before = isGoing && !isNew ? await tally(em, opened, group) : NOBODY
  const ticks = changedTicks(form)
  const isChanged = isNew || ticks.on.length + ticks.off.length > 0
  let selection = isChanged ? { ...opened, hasTicks: true } : opened
  if (isChanged) await noteTicks(em, selection, ticks, actor, isGoing)
  if (form.do === 'none') selection = await selectNone(em, selection)
  // If only selected customers are shown, there is nothing left to select.
  if (form.do === 'all' && !picked.onlySelected) {
    const all = await selectAll(request, selection, group, picked)
    if (!all) return pickerPage(request, reply.code(422), counts, purpose, picked, selection, { error: UNREAD })
    selection = all
  }
  if (form.do === 'tick') return pickerBar(request, reply, group, purpose, picked, selection)
  if (isGoing) {
    const { selected } = isChanged ? await tally(em, selection, group) : before
    return startOrConfirm(request, reply, { counts, purpose, picked, form, selection, before, selected })
  }
  const next =
    form.do === 'find' ? searchedList(picked, form, place) : form.do.startsWith('?') ? listAt(form, place) : picked
  const isOtherView = next.onlySelected !== picked.onlySelected
  if (isOtherView || !wantsFragment(request))
    return reply.seeOther(next.placeHref(path, { filters: next.opensPanel ? 'open' : null }))
  reply.header('HX-Replace-Url', next.placeHref(path))
  return pickerPage(request, reply, counts, purpose, next, selection, { isElsewhere: form.do.startsWith('?') })
}

/** The list with the search and filters that were typed, in its current order. */
function searchedList(picked: PickerList, form: PickerForm, place: Currency): PickerList {
  const { look } = picked.filter
  const members = picked.withMembers ? 'show' : undefined
  const kind = { members, selected: picked.onlySelected ? 'show' : undefined, from: picked.from }
  return new PickerList(
    { ...form, sort: look.sort, dir: look.dir, after: undefined, before: undefined, ...kind },
    place
  )
}

function listAt({ do: address, selection }: PickerForm, place: Currency): PickerList {
  return PickerList.at(`${address}&selection=${selection}`, place)
}

function tooMany({ ids, shown }: PickerForm): string | null {
  const most = MOST_TICKED.toLocaleString('en')
  return ids.length > MOST_TICKED || shown.length > MOST_TICKED
    ? `You can tick up to ${most} customers. For more, use All Pages.`
    : null
}

const UNREAD = 'Correct the filter first. All Pages selected no one.'

/** All Pages: selects everyone whom the current filter finds, on all pages. Null if the filter has errors. */
async function selectAll(
  request: FastifyRequest,
  selection: Selection,
  group: Group,
  picked: PickerList
): Promise<Selection | null> {
  if (!signedIn(request).may('manager')) throw new Refusal(403, 'Only managers and admins can use All Pages.')
  const { groups, shopId } = await findNamed(request.em, picked.filter)
  if (picked.filter.hasErrors) return null
  const within = groups.map(({ groupId, isList }) => ({ groupId, isList }))
  const { filter, withMembers } = picked
  const frozen = { params: filter.params, within, shopId, withMembers, ...calendarOf(request) }
  return selectAllPages(request.em, selection, group, frozen)
}

const NOBODY: Tally = { selected: 0, matched: null, minus: 0, plus: 0 }

async function refuse(request: FastifyRequest, group: Group, purpose: Purpose): Promise<void> {
  const user = signedIn(request)
  return purpose === 'remove' ? refuseRemoving(request.em, group, user) : group.refuseTaking(user)
}
