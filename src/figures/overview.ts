import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { rows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import { dueAt } from './fresh.ts'
import { membersOf } from './queries.ts'

/** Buckets of how many days ago members last bought. A `to` of null has no end. */
export const RECENCY = [
  { key: '30', from: 0, to: 30 },
  { key: '90', from: 31, to: 90 },
  { key: '180', from: 91, to: 180 },
  { key: '365', from: 181, to: 365 },
  { key: 'older', from: 366, to: null },
  { key: 'never', from: null, to: null }
] as const

export interface Overview {
  groupId: number
  asOf: string
  /** When it is to be worked out again, in ms, and whether that moment has come. */
  dueAt: number
  isStale: boolean
  /** The number of members when the overview was made, and the number today. */
  members: number
  customers: number
  /** Over the last 30 days: how many joined, and how many who were members then have left. */
  joined: number
  lost: number
  /** The moment from which losses are counted: 30 days ago, or later if the group's size was not on record then. */
  lostSince: string
  /** The number of members at the end of each of the last 12 months; for this month, the number now. */
  history: { month: string; members: number }[]
  /** What today's members, and all customers, spent on average in each of these months. */
  spend: { month: string; group: Decimal | null; everyone: Decimal | null }[]
  recency: { key: (typeof RECENCY)[number]['key']; members: number }[]
  /** The locations of most members; then how many members have another one, and how many have none on record. */
  locations: { name: string; members: number }[]
  elsewhere: number
  nowhere: number
}

export interface StoredOverview {
  groupId: number
  asOf: string
  members: number
  customers: number
  joined: number
  lost: number
  lostSince: string
  elsewhere: number
  nowhere: number
  rows: {
    part: 'members' | 'spend' | 'recency' | 'location'
    label: string
    value: Decimal
    everyone: Decimal | null
  }[]
}

/** The overviews of these groups, as they were last worked out. Groups that have none are left out. */
export async function findOverviews(em: Em, groupIds: number[], now: Date): Promise<Overview[]> {
  const found = await rows(em, prepared(overviewsOf(groupIds)))
  return found.map((kept) => toOverview(kept, now))
}

export function overviewsOf(groupIds: number[]): RawBuilder<StoredOverview> {
  return sql`
    select group_id as "groupId", as_of as "asOf", members, (${membersOf(sql`overview.group_id`)}) as customers, joined, lost,
      lost_since as "lostSince", elsewhere, nowhere, (
        select coalesce(jsonb_agg(jsonb_build_object(
          'part', part, 'label', label, 'value', value::text, 'everyone', everyone::text) order by part, place), '[]')
        from overview_row where overview_row.group_id = overview.group_id
      ) as rows
    from group_overview overview where group_id = any(${groupIds}::int[])
  `
}

export function toOverview({ rows, ...kept }: StoredOverview, now: Date): Overview {
  const of = (part: StoredOverview['rows'][number]['part']) => rows.filter((one) => one.part === part)
  const members = new Map(of('recency').map(({ label, value }) => [label, Number(value)]))
  const due = dueAt(kept.asOf, kept.members, kept.customers)
  return {
    ...kept,
    dueAt: due,
    isStale: due <= now.getTime(),
    history: of('members').map(({ label, value }) => ({ month: label, members: Number(value) })),
    spend: of('spend').map(({ label, value, everyone }) => ({
      month: label,
      group: kept.members ? value : null,
      everyone
    })),
    recency: RECENCY.map(({ key }) => ({ key, members: members.get(key) ?? 0 })),
    locations: of('location').map(({ label, value }) => ({ name: label, members: Number(value) }))
  }
}

/** Has a job work out an overview soon. If it is fresh when the job starts, it is left as it is. */
export async function askForOverview(em: Em, groupId: number): Promise<void> {
  await askOnce(em, 'overview', { groupId }, `overview ${groupId}`)
}
