import type { EntityDictionary } from '@mikro-orm/core'
import { type RawBuilder, sql } from 'kysely'
import { likePattern } from '../db/like.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { type Answers, row, together } from '../db/rows.ts'
import { EVERYONE, FIGURES, membersOf, WAITING_SINCE } from '../figures/queries.ts'
import { Refusal } from '../lib/errors.ts'
import type { Decimal } from '../lib/format.ts'
import { type Page, paging, toPage } from '../lib/paging.ts'
import { COLUMNS, COUNTED, type GroupFilter } from './filter.ts'
import { Group } from './group.ts'
import { SETTINGS_AS_KEPT } from './settings.ts'

/**
 * Finds a group. Every page of a group begins with this, so it is a prepared query, which MikroORM can't make (bench:
 * `overview`, `ranking/all-time`).
 */
export async function findGroup(em: Em, groupId: number): Promise<Group> {
  return toGroup(em, await row(em, prepared(groupById(groupId))))
}

export function groupById(groupId: number): RawBuilder<EntityDictionary<Group>> {
  return sql`
    select id, kind, system, name, description, ${SETTINGS_AS_KEPT}, version, created_at, created_by
    from customer_group where id = ${groupId}
  `
}

/**
 * A group with its number of members and the number of all customers. A list of the group's customers needs these
 * before it is read.
 */
export interface GroupWithCounts {
  group: Group
  members: number
  everyone: number
}

export function groupWithCountsOf(groupId: number) {
  return { groups: groupById(groupId), members: membersOf(groupId), everyone: EVERYONE }
}

export function toGroupWithCounts(
  em: Em,
  { groups, members, everyone }: Answers<ReturnType<typeof groupWithCountsOf>>
): GroupWithCounts {
  return { group: toGroup(em, groups[0]), members: members[0]?.count ?? 0, everyone: everyone[0]?.count ?? 0 }
}

export async function findGroupWithMemberCount(em: Em, groupId: number): Promise<Omit<GroupWithCounts, 'everyone'>> {
  const { groups, members } = await together(em, { groups: groupById(groupId), members: membersOf(groupId) })
  return { group: toGroup(em, groups[0]), members: members[0]?.count ?? 0 }
}

export async function findGroupWithCounts(em: Em, groupId: number): Promise<GroupWithCounts> {
  return toGroupWithCounts(em, await together(em, groupWithCountsOf(groupId)))
}

export function toGroup(em: Em, found: EntityDictionary<Group> | undefined): Group {
  if (!found) throw new Refusal(404, 'This group does not exist, or someone deleted it.')
  return em.map(Group, found)
}

export interface ListedGroup {
  id: number
  name: string
  kind: 'primary' | 'list'
  system: 'default' | 'walk-in' | null
  customers: number | null
  average: Decimal | null
  topProduct: string | null
  sortValue: string | null
}

/** One page of the groups that a filter finds, and the counts above it. */
export async function listGroups(
  em: Em,
  filter: GroupFilter
): Promise<{ groups: Page<ListedGroup>; headline: Headline }> {
  const column = COLUMNS[filter.sort]
  const place = paging(column, filter.direction, sql`grouped.id`, filter.place)
  const found = await together(em, {
    groups: sql<ListedGroup>`
      select grouped.id, grouped.name, grouped.kind, grouped.system, ${COUNTED} as customers, figures.average::text,
        figures.top_product as "topProduct", (${column.expression})::text as "sortValue"
      from customer_group grouped join ${FIGURES} figures on figures.group_id = grouped.id
      where ${conditions(filter)} and ${place.where}
      order by ${place.orderBy} limit ${place.limit}
    `,
    headline: headlineOf(filter)
  })
  const {
    headline: [headline = NO_HEADLINE]
  } = found
  return { groups: toPage(found.groups, place), headline }
}

function conditions({ values: { q, kind } }: GroupFilter) {
  const named = q ? sql<boolean>`search_text(grouped.name) like '%' || ${likePattern(q)} || '%'` : sql<boolean>`true`
  return kind ? sql<boolean>`${named} and grouped.kind = ${kind}` : named
}

/** The counts that a list of groups shows above its rows. */
export interface Headline {
  /** How many groups the filter finds, and how many there are. */
  found: number
  total: number
  /** The number of all customers except the walk-in customer. */
  everyone: number
  /** The time since which changes have been waiting to be included in the figures; null if none are. */
  asOf: string | null
}

const NO_HEADLINE: Headline = { found: 0, total: 0, everyone: 0, asOf: null }

function headlineOf(filter: GroupFilter): RawBuilder<Headline> {
  // Without a filter the two counts are the same, and thousands of groups need not be counted twice.
  const found = filter.isActive
    ? sql`(select count(*)::int from customer_group grouped where ${conditions(filter)})`
    : sql`total`
  return sql`
    select total, ${found} as found, (${EVERYONE}) as everyone, (${WAITING_SINCE}) as "asOf"
    from (select count(*)::int as total from customer_group) counted
  `
}
