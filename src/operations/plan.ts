import { type RawBuilder, sql } from 'kysely'
import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { MovedFrom } from '../groups/group.ts'
import { RuleError } from '../lib/errors.ts'
import type { Buckets } from './operation.ts'
import type { Step } from './steps.ts'

/** The totals of all steps of a phase. The keys of `groups` are ids. */
export interface PhaseTotals {
  asked: number
  done: number
  already: number
  groups: Map<number, number>
  someone: number | null
}

/** Makes the step of a phase that continues after an id. */
export type Phase = (after: number) => RawBuilder<Step>

/**
 * How an operation is carried out: its phases one after the other, then conclude(); buckets() computes the result from
 * the totals of each phase.
 */
export interface Plan {
  /** Roughly how many customers the operation is about. */
  total: number
  phases: Phase[]
  conclude(): Promise<void>
  buckets(sums: PhaseTotals[]): Promise<Buckets>
}

export const NO_BUCKETS: Buckets = {
  asked: 0,
  created: 0,
  added: 0,
  moved: 0,
  removed: 0,
  updated: 0,
  already: 0,
  refused: 0,
  groups: [],
  someone: null
}

/** A sentence that says why a primary group is not deleted yet (docs/rules.md, 7). */
export function stillHasCustomers(groupName: string): string {
  return `There are still customers in ${groupName}, so it can’t be deleted yet.`
}

export const NO_TOTALS: PhaseTotals = { asked: 0, done: 0, already: 0, groups: new Map(), someone: null }

/** The result for customers who were to join a group. */
export async function bucketsOfJoining(em: Em, sums = NO_TOTALS): Promise<Buckets> {
  const { asked, done, already, groups, someone } = sums
  const others = (await withGroupNames(em, groups)).filter(({ id }) => id !== DEFAULT_GROUP)
  const moved = others.reduce((sum, { count }) => sum + count, 0)
  return {
    ...NO_BUCKETS,
    asked,
    added: done - moved,
    moved,
    already,
    refused: asked - done - already,
    groups: others,
    someone
  }
}

export function bucketsOfLeaving({ asked, done, already, someone } = NO_TOTALS): Buckets {
  return { ...NO_BUCKETS, someone, asked, removed: done, already, refused: asked - done - already }
}

/**
 * Locks a group, so that it stays until the transaction ends.
 * @throws RuleError with the sentence `why` if the group was deleted.
 */
export async function refuseDeleted(em: Em, groupId: number, why: string): Promise<void> {
  const group = await row(em, prepared(sql`select from customer_group where id = ${groupId} for key share`))
  if (!group) throw new RuleError(why)
}

/** The groups with their names and counts, the largest count first. */
export async function withGroupNames(em: Em, groups: Map<number, number>): Promise<MovedFrom[]> {
  if (groups.size === 0) return []
  const ids = [...groups.keys()]
  const found = await rows(
    em,
    prepared(
      sql<{ id: number; name: string }>`select id, name from customer_group where id = any(${ids}::int[]) order by name`
    )
  )
  return found
    .map(({ id, name }) => ({ id, name, count: groups.get(id) ?? 0 }))
    .toSorted((one, other) => other.count - one.count)
}
