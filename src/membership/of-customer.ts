import { sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { Group } from '../groups/group.ts'
import { mayAdd } from '../groups/rights.ts'
import type { Actor } from '../lib/actor.ts'
import type { FieldErrors } from '../lib/field-errors.ts'
import type { SignedIn } from '../staff/sessions.ts'
import { type AddResult, addMembers } from './join.ts'
import { removeMembers } from './leave.ts'

/** The groups that a form chooses; the "Was" fields are what it was opened with, so that only what was touched is changed. */
export interface GroupFields {
  primary: number
  primaryWas?: number | undefined
  lists: number[]
  listsWas: number[]
}

export interface MembershipOfCustomer {
  groupId: number
  name: string
  kind: 'primary' | 'list'
  joinedAt: string
  joinedBy: string | null
  /** The bulk operation that put them there; null if it was done to them alone. */
  operationId: number | null
}

/** Every group a customer is in, the primary one first: since when, and by whom. */
export async function listMemberships(em: Em, customerId: number): Promise<MembershipOfCustomer[]> {
  return rows(
    em,
    sql<MembershipOfCustomer>`
    select grouped.id as "groupId", grouped.name, grouped.kind, membership.joined_at as "joinedAt", person.name as "joinedBy",
      case when not operation.by_hand then operation.id end as "operationId"
    from membership join customer_group grouped on grouped.id = membership.group_id
    left join staff_member person on person.id = membership.joined_by
    left join bulk_operation operation on operation.id = membership.operation_id
    where membership.customer_id = ${customerId}
    order by grouped.kind desc, grouped.name, grouped.id
  `
  )
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

/** The primary group that a form moves somebody to; null if it does not. */
export function movedTo(form: GroupFields): number | null {
  return changesOf(form).isMoved ? form.primary : null
}

/** The changes of a form, made to what is kept by now; what it did not touch is as others have left it. */
export function onto(kept: GroupFields, form: GroupFields): GroupFields {
  const { isMoved, joined, left } = changesOf(form)
  return {
    primary: isMoved ? form.primary : kept.primary,
    primaryWas: kept.primary,
    lists: [...new Set([...kept.lists.filter((one) => !left.includes(one)), ...joined])],
    listsWas: kept.lists
  }
}

/** Why a form's choice of groups can't be carried out, by field: its person may not choose them, or they are gone. */
export async function refusedChoices(em: Em, chosen: GroupFields, user: SignedIn): Promise<FieldErrors> {
  if (!isChanging(chosen)) return {}
  const { primary } = chosen
  const { isMoved, joined } = changesOf(chosen)
  const found = await em.find(Group, { id: { $in: [...joined, ...(isMoved ? [primary] : [])] } })
  const refuse = (groupId: number, kind: Group['kind']) =>
    refusal(
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

/** Why somebody can't be put into a group; null if they can. */
export function refusal(group: Group | null | undefined, kind: Group['kind'], user: SignedIn): string | null {
  if (!group || group.kind !== kind) return 'The group you chose was deleted. Choose another.'
  if (group.system === 'walk-in') return 'Only the walk-in customer can be in Walk-in.'
  return mayAdd(group, user) ? null : `Only managers and admins can add customers to ${group.name}.`
}

/** From one primary group to another, by their names. */
export interface Move {
  from: string
  to: string
}

/** Carries out what a form changed about a customer's groups; what it did not touch stays as others have left it. */
export async function changeGroups(em: Em, customerId: number, form: GroupFields, actor: Actor): Promise<Move | null> {
  if (!isChanging(form)) return null
  const { isMoved, joined, left } = changesOf(form)
  const touched = await em.find(Group, { id: { $in: [...joined, ...left, ...(isMoved ? [form.primary] : [])] } })
  let move: Move | null = null
  // A handful of groups of one customer, not a loop over customers. A primary group is not left but for another.
  for (const group of touched) {
    if (group.isList && left.includes(group.id)) await removeMembers(em, group, [customerId], actor)
    else if (group.isList) await addMembers(em, group, [customerId], actor)
    else move = moveOf(group, await addMembers(em, group, [customerId], actor))
  }
  return move
}

/** Null of somebody who was in that group already. */
function moveOf(to: Group, { added, moved: [from] }: AddResult): Move | null {
  return from || added ? { from: from?.name ?? 'Default', to: to.name } : null
}

export interface Placed {
  /** Somebody else has moved them since; then nothing was changed. */
  isOvertaken: boolean
  /** The primary group that they left. */
  from: { id: number; name: string } | null
  /** What undoes it; null if they were there already. */
  operationId: number | null
}

const NOWHERE: Placed = { isOvertaken: false, from: null, operationId: null }

/** Puts one customer into a group; into a primary one only out of the group that whoever chose has seen them in. */
export async function place(
  em: Em,
  customerId: number,
  group: Group,
  was: number | undefined,
  actor: Actor
): Promise<Placed> {
  return em.transactional(async (inner) => {
    const now = group.isList ? undefined : await holdPrimary(inner, customerId)
    if (now && was !== undefined && now.id !== was && now.id !== group.id) return { ...NOWHERE, isOvertaken: true }
    const { operationId } = await addMembers(inner, group, [customerId], actor)
    return { ...NOWHERE, from: now ?? null, operationId }
  })
}

async function holdPrimary(em: Em, customerId: number): Promise<{ id: number; name: string } | undefined> {
  return row(
    em,
    sql<{ id: number; name: string }>`
    select grouped.id, grouped.name from primary_membership mine join customer_group grouped on grouped.id = mine.group_id
    where customer_id = ${customerId} for update of mine
  `
  )
}
