import { type RawBuilder, sql } from 'kysely'
import type { MemberSet } from '../customers/list/index.ts'
import { WALK_IN_CUSTOMER } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Actor } from '../lib/actor.ts'
import { Refusal } from '../lib/errors.ts'

export type Purpose = 'add' | 'remove'

/** The conditions of All Pages as they were when it was chosen. */
export interface Frozen {
  /** As a list's URL says them. */
  params: Record<string, string>
  /** The group that they name, as it was called then. */
  within: Pick<MemberSet, 'groupId' | 'isList'>[]
  /** People who are in the group already are meant too. */
  withMembers: boolean
  /** The day and zone that ages and "days ago" are counted in. */
  today: string
  timeZone: string
}

/**
 * Who is selected on a picker's page, for as long as it takes: whoever is ticked, and whoever matches the frozen filter,
 * was there when it was frozen, and is not un-ticked (docs/rules.md, 15).
 */
export interface Selection {
  id: string
  groupId: number
  purpose: Purpose
  /** Null while All Pages has not been chosen. */
  filter: Frozen | null
  /** The newest customer when the filter was frozen; who came later was not on any of those pages. */
  highestId: number
  /** How many matched the filter when it was frozen. */
  matched: number
  /** Somebody was ticked or un-ticked, since All Pages was chosen if it was. */
  hasTicks: boolean
  /** The operation that it was spent on. */
  operationId: number | null
}

/** The selection of that id, empty as yet if nobody has begun it. Another person's, or one for another page, is refused. */
export async function openSelection(em: Em, id: string, group: Group, purpose: Purpose, actor: Actor) {
  const found = await findSelection(em, id)
  if (!found) return { selection: emptySelection(id, group.id, purpose), isNew: true }
  const isTheirs = found.madeBy === actor.id && found.groupId === group.id && found.purpose === purpose
  if (!isTheirs) throw new Refusal(404, 'This selection belongs to another page. Open the list and select again.')
  return { selection: found, isNew: false }
}

interface Group {
  id: number
}

/** One that nobody has begun; it is kept with its first tick. */
export function emptySelection(id: string, groupId: number, purpose: Purpose): Selection {
  return { id, groupId, purpose, filter: null, highestId: 0, matched: 0, hasTicks: false, operationId: null }
}

export async function findSelection(em: Em, id: string): Promise<(Selection & { madeBy: number }) | undefined> {
  return row(
    em,
    prepared(sql<Selection & { madeBy: number }>`
    select selection.id, made_by as "madeBy", selection.group_id as "groupId", purpose, filter, coalesce(highest_id, 0) as "highestId",
      matched, exists (select from selection_tick where selection_id = selection.id) as "hasTicks", operation.id as "operationId"
    from selection left join bulk_operation operation on operation.selection_id = selection.id
    where selection.id = ${id}
  `)
  )
}

/**
 * What the boxes of a page say that they did not say before: who was ticked, who un-ticked. Begins the selection, if nobody
 * has. One that `isSpent` next need not wait for the disk: the operation that spends it does. If none comes, as it was
 * refused or the person is asked first, these ticks are lost should PostgreSQL fail within the second.
 */
export async function noteTicks(
  em: Em,
  { id, groupId, purpose }: Selection,
  ticks: { on: number[]; off: number[] },
  actor: Actor,
  isSpent = false
): Promise<void> {
  await rows(
    em,
    prepared(sql`
    with begun as (
      insert into selection (id, made_by, made_at, group_id, purpose)
      values (${id}, ${actor.id}, ${actor.now}, ${groupId}, ${purpose})
      on conflict do nothing
    )
    insert into selection_tick (selection_id, customer_id, is_ticked)
    select ${id}, present.id, present.id = any(${ticks.on}::int[])
    from (select case when ${isSpent} then set_config('synchronous_commit', 'off', true) end) waiting, (
      -- Whoever is deleted at this moment is waited for, and then not there.
      select id from customer where id = any(${[...ticks.on, ...ticks.off]}::int[])
        and id <> ${sql.lit(WALK_IN_CUSTOMER)} order by id for key share
    ) present
    on conflict (selection_id, customer_id) do update set is_ticked = excluded.is_ticked
    where selection_tick.is_ticked <> excluded.is_ticked
  `)
  )
}

/** Everyone whom a filter means now, on whatever page; what was ticked and un-ticked before is forgotten. Answers how it is then. */
export async function freeze(em: Em, selection: Selection, filter: Frozen): Promise<Selection> {
  await rows(em, sql`delete from selection_tick where selection_id = ${selection.id}`)
  const frozen = await row(
    em,
    sql<{ highestId: number }>`
    update selection set filter = ${JSON.stringify(filter)}::jsonb, highest_id = (select max(id) from customer)
    where id = ${selection.id} returning highest_id as "highestId"
  `
  )
  return { ...selection, filter, highestId: frozen?.highestId ?? 0, hasTicks: false }
}

export async function noteMatched(em: Em, selectionId: string, matched: number): Promise<void> {
  await rows(em, sql`update selection set matched = ${matched} where id = ${selectionId}`)
}

/** Answers how it is then. */
export async function selectNone(em: Em, { id, groupId, purpose }: Selection): Promise<Selection> {
  await rows(em, prepared(sql`with ${emptying(id)} select`))
  return emptySelection(id, groupId, purpose)
}

/** What a statement begins with that takes everyone out of a selection beside what else it does. */
export function emptying(selectionId: string): RawBuilder<unknown> {
  return sql`
    unticked as (
      delete from selection_tick where selection_id = ${selectionId}
    ), emptied as (
      update selection set filter = null, highest_id = null, matched = 0 where id = ${selectionId}
    )
  `
}

const KEPT_DAYS = 7

/** Forgets selections that nobody came back to. */
export async function forgetOldSelections(em: Em, now: Date): Promise<void> {
  await rows(em, sql`delete from selection where made_at < ${now}::timestamptz - make_interval(days => ${KEPT_DAYS})`)
}
