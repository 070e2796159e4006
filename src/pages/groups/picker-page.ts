import type { FastifyReply, FastifyRequest } from 'fastify'
import {
  type CustomerFilter,
  type CustomerQuery,
  type ListPage,
  listPage,
  type ShownColumn,
  shownColumns
} from '../../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../../db/fixed.ts'
import type { Group } from '../../groups/group.ts'
import type { GroupWithCounts } from '../../groups/queries.ts'
import { findMembers } from '../../impact/effects.ts'
import { listSelected } from '../../selections/list-selected.ts'
import { findSelectedOf, type Tally, tally } from '../../selections/selected-customers.ts'
import { emptySelection, openSelection, type Purpose, type Selection } from '../../selections/selection.ts'
import { wantsFragment } from '../../web/view.ts'
import { openPanel, type Panel } from '../customers/panel.ts'
import { actorOf, calendarOf } from '../shared/access.ts'
import { type Heading, heading } from './heading.ts'
import type { EarlierChoice, PickerList } from './picker-form.ts'

/** What the bar at the bottom of a picker shows. */
interface PickerBar {
  group: Group
  purpose: Purpose
  picked: PickerList
  tally: Tally
  earlier: EarlierChoice | null
}

interface PickerNotice {
  error: string | null
  /** Whether the filter is no longer the one that the page's fields hold. */
  isElsewhere: boolean
}

declare module '../../web/view.ts' {
  interface Views {
    'groups/picker': Heading &
      ListPage &
      PickerBar & {
        path: string
        columns: ShownColumn[]
        filter: CustomerFilter
        selectionId: string
        selected: Set<number>
        /** Those on the page who are already in the group. */
        members: Set<number>
        panel: Panel | null
      } & PickerNotice
    'groups/_bar': PickerBar
  }
}

const columns = shownColumns('name', 'group', 'location', 'spent', 'last-order')

export type Request = FastifyRequest<{ Params: { id: number } }>

export function pathOf(group: Group, purpose: Purpose): string {
  return `/groups/${group.id}/${purpose}`
}

/** The selection that an address names; a new one if that was used already, or is somebody else's. */
export async function selectionOf(
  request: Request,
  group: Group,
  purpose: Purpose,
  { selectionId }: PickerList
): Promise<Selection> {
  const opened = selectionId && (await openSelection(request.em, selectionId, group, purpose, actorOf(request)))
  const isOpen = opened && opened.selection.operationId === null
  return isOpen ? opened.selection : emptySelection(crypto.randomUUID(), group.id, purpose)
}

/** The page with the list to choose from, where the selected customers are ticked. */
export async function pickerPage(
  request: Request,
  reply: FastifyReply,
  counts: GroupWithCounts,
  purpose: Purpose,
  picked: PickerList,
  selection: Selection,
  { error = null, isElsewhere = false }: Partial<PickerNotice> = {}
) {
  const { em } = request
  const { group } = counts
  const path = pathOf(group, purpose)
  const { filter } = picked
  const day = calendarOf(request)
  const said = await tally(em, selection, group)
  const shown = picked.onlySelected
    ? await listSelected(em, filter, day, { selection, tally: said, group, everyone: counts.everyone })
    : await listPage(em, { path, filter, day, list: candidates(counts, purpose, picked) })
  const ids = shown.customers.rows.map((customer) => customer.id)
  const [selected, members, panel] = await Promise.all([
    findSelectedOf(em, selection, group, ids),
    purpose === 'add' && (picked.withMembers || picked.onlySelected) ? findMembers(em, group, ids) : new Set<number>(),
    openPanel(request, { filter, hasGroups: true })
  ])
  if (filter.hasErrors) reply.code(422)
  const countHref = shown.countHref && picked.placeHref(path, { count: 'all' })
  const list = {
    ...shown,
    countHref,
    path,
    columns,
    picked,
    filter,
    selectionId: selection.id,
    selected,
    members,
    panel,
    error,
    isElsewhere
  }
  const title = purpose === 'add' ? `Add Customers to ${group.name}` : `Remove Customers from ${group.name}`
  return reply.page(
    'groups/picker',
    { ...heading(title), group, purpose, tally: said, earlier: picked.earlier(selection.filter), ...list },
    'groups/_picker'
  )
}

/** Those not in the group yet can be added, and its members may be shown as well. Its members can be removed. */
function candidates(counts: GroupWithCounts, purpose: Purpose, { withMembers }: PickerList): CustomerQuery {
  const { group, members, everyone } = counts
  const own = { groupId: group.id, isList: group.isList, size: members }
  const all = { conditions: [], within: [], except: [WALK_IN_CUSTOMER], everyone }
  if (purpose === 'remove') return { ...all, within: [own] }
  return withMembers ? all : { ...all, without: own }
}

/** Answers with the bar alone, which shows the new count after a tick. */
export async function pickerBar(
  request: Request,
  reply: FastifyReply,
  group: Group,
  purpose: Purpose,
  picked: PickerList,
  selection: Selection
) {
  const earlier = picked.earlier(selection.filter)
  const said = { group, purpose, picked, tally: await tally(request.em, selection, group), earlier }
  const address = picked.placeHref(pathOf(group, purpose))
  if (!wantsFragment(request)) return reply.seeOther(address)
  // The address is kept up to date, so that a reload shows the same page.
  reply.header('HX-Replace-Url', address)
  return reply.page('groups/_bar', said, 'groups/_bar')
}
