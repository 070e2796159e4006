import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import type { FieldErrors } from '../lib/field-errors.ts'
import type { SignedIn } from '../staff/sessions.ts'
import { type AddResult, addMembers } from './join.ts'
import { removeMembers } from './leave.ts'
import { whyMayNotJoin } from './of-customer.ts'

/**
 * The groups that a form chooses. The "Was" fields are the groups that it was opened with, so that only what somebody
 * touched is changed.
 */
export interface GroupFields {
  primary: number
  primaryWas?: number | undefined
  lists: number[]
  listsWas: number[]
}

/** What a form changes about a customer's groups. */
function changesOf({ primary, primaryWas, lists, listsWas }: GroupFields) {
  return {
    isMoved: primary !== (primaryWas ?? DEFAULT_GROUP),
    joined: lists.filter((one) => !listsWas.includes(one)),
    left: listsWas.filter((one) => !lists.includes(one))
  }
}

export function isChanging(form: GroupFields): boolean {
  const { isMoved, joined, left } = changesOf(form)
  return isMoved || joined.length + left.length > 0
}

/** The primary group that a form moves a customer to; null if it moves nobody. */
export function targetOfMove(form: GroupFields): number | null {
  return changesOf(form).isMoved ? form.primary : null
}

/** Applies a form's changes to the groups as they are now. What the form did not touch stays as others have left it. */
export function applyChanges(kept: GroupFields, form: GroupFields): GroupFields {
  const { isMoved, joined, left } = changesOf(form)
  return {
    primary: isMoved ? form.primary : kept.primary,
    primaryWas: kept.primary,
    lists: [...new Set([...kept.lists.filter((one) => !left.includes(one)), ...joined])],
    listsWas: kept.lists
  }
}

/** Why a form's choice of groups is refused, by field: the user may not choose a group, or it was deleted. */
export async function refusedChoices(em: Em, chosen: GroupFields, user: SignedIn): Promise<FieldErrors> {
  if (!isChanging(chosen)) return {}
  const { primary } = chosen
  const { isMoved, joined } = changesOf(chosen)
  const found = await em.find(Group, { id: { $in: [...joined, ...(isMoved ? [primary] : [])] } })
  const refuse = (groupId: number, kind: Group['kind']) =>
    whyMayNotJoin(
      found.find((one) => one.id === groupId),
      kind,
      user
    )
  const errors = {
    primary: isMoved ? refuse(primary, 'primary') : null,
    lists: joined.map((one) => refuse(one, 'list')).find(Boolean)
  }
  return Object.fromEntries(Object.entries(errors).flatMap(([field, message]) => (message ? [[field, message]] : [])))
}

/** A move from one primary group to another, by their names. */
export interface Move {
  from: string
  to: string
}

/** Carries out what a form changed about a customer's groups. What it did not touch stays as others have left it. */
export async function changeGroups(em: Em, customerId: number, form: GroupFields, actor: Actor): Promise<Move | null> {
  if (!isChanging(form)) return null
  const { isMoved, joined, left } = changesOf(form)
  const touched = await em.find(Group, { id: { $in: [...joined, ...left, ...(isMoved ? [form.primary] : [])] } })
  let move: Move | null = null
  // These are a handful of groups of one customer, not a loop over customers. Nobody leaves a primary group except for
  // another.
  for (const group of touched) {
    if (group.isList && left.includes(group.id)) await removeMembers(em, group, [customerId], actor)
    else if (group.isList) await addMembers(em, group, [customerId], actor)
    else move = moveOf(group, await addMembers(em, group, [customerId], actor))
  }
  return move
}

/** The move that a result describes; null if the customer was in that group already. */
function moveOf(to: Group, { added, moved: [from] }: AddResult): Move | null {
  return from || added ? { from: from?.name ?? 'Default', to: to.name } : null
}
