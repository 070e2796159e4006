import type { EntityDictionary } from '@mikro-orm/core'
import { sql } from 'kysely'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em, Orm } from '../db/orm.ts'
import { preparedRow, row, rows } from '../db/rows.ts'
import { takeTime } from '../db/take-time.ts'
import { RuleError } from '../lib/errors.ts'
import { notingDone } from '../operations/note.ts'
import { type Buckets, findOperation, OPEN, Operation } from '../operations/operation.ts'
import { emptying } from '../selections/selection.ts'
import { carryOut, type Watch } from './carry-out.ts'

class Cancelled extends Error {}

export const GROUP_GONE = 'Someone else deleted the group, so nothing was changed.'

export const OPERATION_LOCK = 'bulk operation'

/**
 * Carries an operation out as a job, whole or not at all, in one transaction of steps in id order. Safe to call again at any
 * moment and from several processes: only one does it, and only once. Progress goes over a second connection; a Cancel is
 * seen between two steps and rolls everything back. What is nobody's rule or wish is thrown on, and nothing was done.
 */
export async function perform(orm: Orm, operationId: number, clock: () => Date): Promise<void> {
  const outside = orm.em.fork()
  try {
    await orm.em.fork().transactional(async (inner) => {
      const lock = await row(
        inner,
        sql<{ held: boolean }>`select pg_try_advisory_xact_lock(hashtext(${OPERATION_LOCK}), ${operationId}) as held`
      )
      if (!lock?.held) return
      const operation = await findOperation(inner, operationId)
      if (!operation.isOpen) return
      await takeTime(inner)
      // A machine that is gone without a word holds these customers no longer than that: between two steps there is only what
      // is told of the first.
      await rows(inner, sql`select set_config('idle_in_transaction_session_timeout', '1min', true)`)
      const buckets = await carryOut(inner, operation, watch(outside, operationId))
      await finish(inner, operation, buckets, clock())
    })
  } catch (error) {
    const failure = whyOver(error)
    if (failure === undefined) throw error
    await giveUp(outside, operationId, failure, clock())
  }
}

/**
 * Carries an operation out in em's transaction, which made it. Nobody hears how far it is: at a page many are at it at once,
 * each with one connection; with two they would wait for each other's second.
 */
export async function performIn(em: Em, operation: Operation, now: Date): Promise<Operation> {
  return finish(em, operation, await carryOut(em, operation), now)
}

/** Says over another connection how far it is, without waiting for the disk, and sees there whether somebody has cancelled it. */
function watch(outside: Em, operationId: number): Watch {
  return async (done, total) => {
    const progress = await row(
      outside,
      sql<{ isCancelled: boolean }>`
      with begun as (
        update bulk_operation set state = 'running' where id = ${operationId} and state = 'waiting'
      )
      update operation_progress set done = ${done}, total = ${total}
      from set_config('synchronous_commit', 'off', true) where operation_id = ${operationId}
      returning is_cancelled as "isCancelled"
    `
    )
    if (progress?.isCancelled) throw new Cancelled()
  }
}

/** Over: with what it did, in the activity too. Spent, who was selected and what was searched for is nobody's business any more. */
async function finish(em: Em, operation: Operation, buckets: Buckets, now: Date): Promise<Operation> {
  const { asked, created, added, moved, removed, updated, already, refused, groups, lists = 0, listsKept = 0 } = buckets
  const noted = notingDone(operation, buckets)
  const beside = [
    ...(noted ? [sql`noted as (${noted})`] : []),
    ...(operation.selectionId ? [emptying(operation.selectionId)] : [])
  ]
  const done = await preparedRow(
    em,
    sql<EntityDictionary<Operation>>`
    ${beside.length ? sql`with ${sql.join(beside)}` : sql``}
    update bulk_operation
    set state = 'done', ended_at = ${now}, asked = ${asked}, created = ${created}, added = ${added}, moved = ${moved},
      removed = ${removed}, updated = ${updated}, already = ${already}, refused = ${refused}, groups = ${JSON.stringify(groups)}::jsonb,
      lists = ${lists}, lists_kept = ${listsKept}
    where id = ${operation.id} returning *
  `
  )
  if (!done) throw new Error('An operation that is done is not there')
  return em.map(Operation, done)
}

/** The sentence for whoever asked, if trying again would not help; null if they cancelled it. */
function whyOver(error: unknown): string | null | undefined {
  if (error instanceof Cancelled) return null
  if (error instanceof RuleError) return error.message
  return isForeignKeyBreach(error) ? GROUP_GONE : undefined
}

/** Nothing was done; the selection, or the undo, is free for another try. */
export async function giveUp(em: Em, operationId: number, failure: string | null, now: Date): Promise<void> {
  const state = failure === null ? 'cancelled' : 'failed'
  await em.nativeUpdate(
    Operation,
    { id: operationId, state: { $in: [...OPEN] } },
    { state, failure, endedAt: now.toISOString(), selectionId: null, undoes: null }
  )
}
