import { sql } from 'kysely'
import { WALK_IN_CUSTOMER } from '../customers/customer.ts'
import { SOURCE, searched } from '../customers/matching.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { PAGE_SIZE } from '../web/paging.ts'
import { DEFAULT_GROUP, type Group } from './group.ts'

/** Somebody who may be added to a group, and from which primary group that would move them. */
export interface Candidate {
  id: number
  name: string
  phone: string | null
  email: string | null
  location: string | null
  group: string
  isMember: boolean
  /** Joining replaces a group that somebody chose for them. */
  isMoved: boolean
}

interface Candidates {
  picked: Candidate[]
  found: Candidate[]
  hasMore: boolean
}

/** Those ticked so far, and the first page of those who match a search. */
export async function findCandidates(em: Em, group: Group, q: string, pickedIds: number[]): Promise<Candidates> {
  const [picked, found] = await Promise.all([
    rows(
      em,
      sql<Candidate>`${candidate(group)} where customer.id = any(${pickedIds}::int[]) order by customer.name, customer.id`
    ),
    rows(
      em,
      sql<Candidate>`
      ${candidate(group)}
      where ${sql.join([sql`customer.id <> ${WALK_IN_CUSTOMER}`, sql`customer.id <> all(${pickedIds}::int[])`, ...searched(q)], sql` and `)}
      order by customer.name, customer.id limit ${PAGE_SIZE + 1}
    `
    )
  ])
  return { picked, found: found.slice(0, PAGE_SIZE), hasMore: found.length > PAGE_SIZE }
}

function candidate(group: Group) {
  const isMember = group.isList
    ? sql`exists (select from list_membership where group_id = ${group.id} and customer_id = customer.id)`
    : sql`primary_group.id = ${group.id}`
  return sql`
    select customer.id, customer.name, customer.phone, customer.email, customer.location, primary_group.name as group,
      ${isMember} as "isMember",
      ${group.kind} = 'primary' and primary_group.id not in (${group.id}, ${DEFAULT_GROUP}) as "isMoved"
    from ${SOURCE}
  `
}
