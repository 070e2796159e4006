import { sql } from 'kysely'
import { COLUMNS, IDS } from '../customers/columns.ts'
import { WALK_IN_CUSTOMER } from '../customers/customer.ts'
import { named } from '../customers/matching.ts'
import { findPage } from '../customers/pages.ts'
import { byIndex } from '../db/by-index.ts'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { countEveryone } from '../figures/queries.ts'
import { PAGE_SIZE, paging } from '../web/paging.ts'
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
  const everyone = await countEveryone(em)
  const except = [WALK_IN_CUSTOMER, ...pickedIds]
  const [picked, found] = await Promise.all([
    describe(em, group, pickedIds),
    byIndex(em, async (inner) => {
      const place = paging(COLUMNS.name, 'asc', IDS.customer, {})
      const { placed } = await findPage(inner, { conditions: named(q), within: [], except, everyone }, 'name', place)
      return describe(
        inner,
        group,
        placed.map(({ id }) => id)
      )
    })
  ])
  return { picked, found: found.slice(0, PAGE_SIZE), hasMore: found.length > PAGE_SIZE }
}

async function describe(em: Em, group: Group, ids: number[]): Promise<Candidate[]> {
  const isMember = group.isList
    ? sql`exists (select from list_membership where group_id = ${group.id} and customer_id = customer.id)`
    : sql`primary_group.id = ${group.id}`
  return rows(
    em,
    sql<Candidate>`
    select customer.id, customer.name, customer.phone, customer.email, customer.location, primary_group.name as group,
      ${isMember} as "isMember",
      ${group.kind} = 'primary' and primary_group.id not in (${group.id}, ${DEFAULT_GROUP}) as "isMoved"
    from customer
    join primary_membership on primary_membership.customer_id = customer.id
    join customer_group primary_group on primary_group.id = primary_membership.group_id
    where customer.id = any(${ids}::int[]) order by customer.name, customer.id
  `
  )
}
