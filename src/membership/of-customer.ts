import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import type { SignedIn } from '../staff/sessions.ts'
import { addMembers } from './join.ts'

export interface MembershipOfCustomer {
  groupId: number
  name: string
  kind: 'primary' | 'list'
  joinedAt: string
  joinedBy: string | null
  /** The id of the bulk operation that put the customer there; null if they were put there by hand. */
  operationId: number | null
}

/** All groups that a customer is in, the primary one first: since when, and who put them there. */
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

/** Why a customer can't be put into a group; null if they can. */
export function whyMayNotJoin(group: Group | null | undefined, kind: Group['kind'], user: SignedIn): string | null {
  if (!group || group.kind !== kind) return 'The group you chose was deleted. Choose another.'
  if (group.isWalkIn) return 'Only the walk-in customer can be in Walk-in.'
  return group.mayTake(user) ? null : `Only managers and admins can add customers to ${group.name}.`
}

export interface PlacementResult {
  /** True if somebody else has moved the customer since the form was opened. Then nothing was changed. */
  isOvertaken: boolean
  /** The primary group that the customer left. */
  from: { id: number; name: string } | null
  /** The id of the operation that can be undone; null if the customer was in the group already. */
  operationId: number | null
}

const NO_PLACEMENT: PlacementResult = { isOvertaken: false, from: null, operationId: null }

/**
 * Puts one customer into a group. A move to another primary group happens only if the customer is still in the group
 * `was`, which the user saw.
 */
export async function putIntoGroup(
  em: Em,
  customerId: number,
  group: Group,
  was: number | undefined,
  actor: Actor
): Promise<PlacementResult> {
  return em.transactional(async (inner) => {
    const now = group.isList ? undefined : await holdPrimary(inner, customerId)
    if (now && was !== undefined && now.id !== was && now.id !== group.id) return { ...NO_PLACEMENT, isOvertaken: true }
    const { operationId } = await addMembers(inner, group, [customerId], actor)
    return { ...NO_PLACEMENT, from: now ?? null, operationId }
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
