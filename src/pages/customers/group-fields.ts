import type { Em } from '../../db/orm.ts'
import { findChoices, type GroupChoice, listChoices } from '../../groups/choices.ts'
import type { SignedIn } from '../../staff/sessions.ts'

/** Up to this many groups are offered in a drop-down. If there are more, they are searched. */
const MOST_SHOWN = 50
const MOST_FOUND = 20

export interface GroupFieldsInput {
  primary: number
  lists: number[]
  primaryQuery: string
  listsQuery: string
}

/** One field that chooses groups: those chosen, those on offer, and whether there are more than can be shown. */
export interface GroupField {
  chosen: GroupChoice[]
  offered: GroupChoice[]
  query: string
  isSearched: boolean
}

export interface GroupFieldsView {
  primary: GroupField
  lists: GroupField
}

export async function groupFieldsView(em: Em, choosing: GroupFieldsInput, user: SignedIn): Promise<GroupFieldsView> {
  const [primary, lists] = await Promise.all([
    groupField(em, 'primary', [choosing.primary], choosing.primaryQuery, user),
    groupField(em, 'list', choosing.lists, choosing.listsQuery, user)
  ])
  return { primary, lists }
}

export async function groupField(
  em: Em,
  kind: 'primary' | 'list',
  chosenIds: number[],
  query: string,
  user: SignedIn
): Promise<GroupField> {
  const withPrivileged = user.may('manager')
  const all = await listChoices(em, { kind, withPrivileged, limit: MOST_SHOWN + 1 })
  const isSearched = all.length > MOST_SHOWN
  const [chosen, found] = await Promise.all([
    findChoices(em, chosenIds),
    query
      ? listChoices(em, { kind, q: query, withPrivileged, limit: MOST_FOUND })
      : all.slice(0, isSearched ? MOST_FOUND : MOST_SHOWN)
  ])
  return { chosen, offered: found.filter((one) => !chosenIds.includes(one.id)), query, isSearched }
}
