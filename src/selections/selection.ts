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
export interface FrozenFilter {
  /** The parameters of the list's URL. */
  params: Record<string, string>
  /** The group that the parameters name, with the kind that it had then. */
  within: Pick<MemberSet, 'groupId' | 'isList'>[]
  /** The shop that the parameters name. */
  shopId?: number | null
  /** True if customers who are already in the group are included. */
  withMembers: boolean
  /** The day and time zone by which ages and "days ago" are counted. */
  today: string
  timeZone: string
}

/**
 * Who is selected on a picker's page: customers who are ticked, and those who match the frozen filter, existed when it
 * was frozen and are not unticked (docs/rules.md, 15).
 */
export interface Selection {
  id: string
  groupId: number
  purpose: Purpose
  /** Null unless All Pages has been chosen. */
  filter: FrozenFilter | null
  /** The id of the newest customer when the filter was frozen. Later customers were on none of the pages. */
  highestId: number
  /** The number of customers who matched the filter when it was frozen. */
  matched: number
  /** True if customers were ticked or unticked, after All Pages was chosen if it was. */
  hasTicks: boolean
  /** The operation that has used the selection; null if none has. */
  operationId: number | null
}

/**
 * The selection of an id, still empty if nobody has begun it.
 * @throws Refusal with 404 if it belongs to another person or another page.
 */
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

/** A selection that nobody has begun. It is stored with its first tick. */
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
 * Stores the customers who were ticked and unticked on a page, and begins the selection if nobody has. If an operation
 * uses the selection next (`isSpent`), this commit doesn't wait for the disk, because the operation's does. If none
 * follows after all and PostgreSQL fails within the second, these ticks are lost.
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

/** Selects everyone whom a filter matches now and forgets earlier ticks. Returns the changed selection. */
export async function freeze(em: Em, selection: Selection, filter: FrozenFilter): Promise<Selection> {
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

/** Empties a selection and returns it. */
export async function selectNone(em: Em, { id, groupId, purpose }: Selection): Promise<Selection> {
  await rows(em, prepared(sql`with ${emptying(id)} select`))
  return emptySelection(id, groupId, purpose)
}

/** The beginning of a statement that empties a selection besides its own work. */
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

/** Deletes selections that nobody came back to. */
export async function forgetOldSelections(em: Em, now: Date): Promise<void> {
  await rows(em, sql`delete from selection where made_at < ${now}::timestamptz - make_interval(days => ${KEPT_DAYS})`)
}
