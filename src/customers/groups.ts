import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { DEFAULT_GROUP, Group } from '../groups/group.ts'
import { type Actor, addMembers, type MovedFrom, removeMembers } from '../groups/membership.ts'
import { mayAdd } from '../groups/rights.ts'
import type { SignedIn } from '../staff/sessions.ts'
import type { FieldErrors } from '../web/validation.ts'
import type { GroupFields } from './form.ts'

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

function refusal(group: Group | undefined, kind: Group['kind'], user: SignedIn): string | null {
  if (!group || group.kind !== kind) return 'The group you chose is gone. Choose another.'
  if (group.system === 'walk-in') return 'Nobody but the walk-in customer can be in Walk-in.'
  return mayAdd(group, user) ? null : `Only managers and admins may put customers into ${group.name}.`
}

/** Carries out what a form changed about a customer's groups; what it did not touch stays as others have left it. */
export async function changeGroups(em: Em, customerId: number, form: GroupFields, actor: Actor): Promise<MovedFrom[]> {
  if (!isChanging(form)) return []
  const { isMoved, joined, left } = changesOf(form)
  const touched = await em.find(Group, { id: { $in: [...joined, ...left, ...(isMoved ? [form.primary] : [])] } })
  let moved: MovedFrom[] = []
  // A handful of groups of one customer, not a loop over customers. A primary group is not left but for another.
  for (const group of touched) {
    const isJoined = group.isList ? joined.includes(group.id) : isMoved && group.id === form.primary
    if (isJoined) moved = [...moved, ...(await addMembers(em, group, [customerId], actor)).moved]
    else if (group.isList) await removeMembers(em, group, [customerId], actor)
  }
  return moved
}
