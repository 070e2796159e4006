import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { askOnce } from '../db/queue/jobs.ts'
import { preparedRows } from '../db/rows.ts'
import type { Decimal } from '../lib/format.ts'
import { dueAt } from './fresh.ts'
import { membersOf } from './queries.ts'

/** How long ago members bought last, in days; null for no end. */
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
  /** When it is to be worked out again, in ms, and whether that is now. */
  dueAt: number
  isStale: boolean
  /** How many it counted, and how many there are. */
  members: number
  customers: number
  /** In 30 days: who came, and who was there and has not stayed. */
  joined: number
  lost: number
  /** From when on it is known who is lost: 30 days ago, once that is on record. */
  lostSince: string
  /** At the end of each of the last 12 months; of this month, now. */
  history: { month: string; members: number }[]
  /** What a member of today, and any customer, spent on average in each of these months. */
  spend: { month: string; group: Decimal | null; everyone: Decimal | null }[]
  recency: { key: (typeof RECENCY)[number]['key']; members: number }[]
  /** Where most members are; how many are elsewhere, and of how many it is not known. */
  locations: { name: string; members: number }[]
  elsewhere: number
  nowhere: number
}

export interface Kept {
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

/** Overviews as they were last worked out, of those groups that have one. */
export async function findOverviews(em: Em, groupIds: number[], now: Date): Promise<Overview[]> {
  const found = await preparedRows(em, overviewsOf(groupIds))
  return found.map((kept) => toOverview(kept, now))
}

export function overviewsOf(groupIds: number[]): RawBuilder<Kept> {
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

export function toOverview({ rows, ...kept }: Kept, now: Date): Overview {
  const of = (part: Kept['rows'][number]['part']) => rows.filter((one) => one.part === part)
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

/** Has an overview worked out soon; one that turns out to be fresh by then is left as it is. */
export async function askForOverview(em: Em, groupId: number): Promise<void> {
  await askOnce(em, 'overview', { groupId }, `overview ${groupId}`)
}
