import { sql } from 'kysely'
import { notingJoined, notingLeft } from '../activity/note.ts'
import { WALK_IN_CUSTOMER } from '../customers/customer.ts'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { RuleError } from '../web/errors.ts'
import { DEFAULT_GROUP, type Group, WALK_IN_GROUP } from './group.ts'

/** Who changes a membership, and when. */
export interface Actor {
  id: number
  now: Date
}

/** Members that came from another primary group. */
export interface MovedFrom {
  id: number
  name: string
  count: number
}

/** What became of everyone who was asked for: the numbers add up (design.md, rule 6). */
export interface AddResult {
  asked: number
  added: number
  moved: MovedFrom[]
  already: number
  /** Deleted meanwhile, or the walk-in customer. */
  refused: number
}

/** A membership that was changed since is none that an undo finds (design.md, rule 18). */
const BY_NO_OPERATION = sql`
  operation_id = null, previous_group_id = null, previous_joined_at = null, previous_joined_by = null, previous_operation_id = null
`

/** Puts customers into a group. Joining a primary group replaces the one before; joining twice changes nothing. */
export async function addMembers(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<AddResult> {
  return em.transactional(async (inner) => {
    const present = await lockCustomers(inner, group.id === WALK_IN_GROUP ? [] : customerIds)
    const joined = await refusingDeleted(group, () =>
      group.isList ? joinList(inner, group, present, actor) : joinPrimary(inner, group, present, actor)
    )
    const moved = joined.filter((from) => from.id !== DEFAULT_GROUP && from.id !== group.id)
    const total = sum(joined)
    return {
      asked: customerIds.length,
      added: total - sum(moved),
      moved,
      already: present.length - total,
      refused: customerIds.length - present.length
    }
  })
}

/** The other half of rule 7: whoever joins a group that is deleted at this moment is told. */
async function refusingDeleted<Result>(group: Group, join: () => Promise<Result>): Promise<Result> {
  try {
    return await join()
  } catch (error) {
    if (!isForeignKeyBreach(error)) throw error
    throw new RuleError(`${group.name} was deleted meanwhile, so nobody was added to it.`)
  }
}

function sum(groups: MovedFrom[]): number {
  return groups.reduce((total, { count }) => total + count, 0)
}

/** Those that may be moved, held until the transaction ends, in id order so that two such changes never lock crosswise. */
async function lockCustomers(em: Em, customerIds: number[]): Promise<number[]> {
  const found = await rows(
    em,
    sql<{ customer_id: number }>`
    select customer_id from primary_membership
    where customer_id = any(${customerIds}::int[]) and customer_id <> ${WALK_IN_CUSTOMER}
    order by customer_id for update
  `
  )
  return found.map((one) => one.customer_id)
}

async function joinPrimary(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<MovedFrom[]> {
  return rows(
    em,
    sql<MovedFrom>`
    with before as (
      select customer_id, group_id from primary_membership
      where customer_id = any(${customerIds}::int[]) and group_id <> ${group.id}
    ), moved as (
      update primary_membership membership
      set group_id = ${group.id}, joined_at = ${actor.now}, joined_by = ${actor.id}, ${BY_NO_OPERATION}
      from before where before.customer_id = membership.customer_id
      returning membership.customer_id, before.group_id as from_id
    ), noted as (
      ${notingJoined(group, actor, 'moved')}
    )
    select former.id, former.name, count(*)::int as count
    from moved join customer_group former on former.id = moved.from_id
    group by former.id order by count desc, former.name
  `
  )
}

async function joinList(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<MovedFrom[]> {
  const joined = await rows(
    em,
    sql`
    with joined as (
      insert into list_membership (group_id, customer_id, joined_at, joined_by)
      select ${group.id}, customer_id, ${actor.now}, ${actor.id} from unnest(${customerIds}::int[]) customer_id
      on conflict do nothing returning customer_id, null::int as from_id
    ), noted as (
      ${notingJoined(group, actor, 'joined')}
    )
    select from joined
  `
  )
  return joined.length ? [{ id: group.id, name: group.name, count: joined.length }] : []
}

/** Ends memberships of a group; from a primary group people go to Default. Says how many it ended. */
export async function removeMembers(em: Em, group: Group, customerIds: number[], actor: Actor): Promise<number> {
  const ending = group.isList
    ? sql`delete from list_membership where group_id = ${group.id} and customer_id = any(${customerIds}::int[])`
    : sql`
        update primary_membership
        set group_id = ${DEFAULT_GROUP}, joined_at = ${actor.now}, joined_by = ${actor.id}, ${BY_NO_OPERATION}
        where group_id = ${group.id} and customer_id = any(${customerIds}::int[])
          and group_id not in (${DEFAULT_GROUP}, ${WALK_IN_GROUP})
      `
  const removed = await rows(
    em,
    sql`
    with departed as (
      ${ending} returning customer_id
    ), noted as (
      ${notingLeft(group, actor, 'departed')}
    )
    select from departed
  `
  )
  return removed.length
}
