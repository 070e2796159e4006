import type { EntityDictionary } from '@mikro-orm/core'
import { sql } from 'kysely'
import { isForeignKeyBreach } from '../db/breaches.ts'
import type { Em, Orm } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import { liftDeadlines } from '../db/take-time.ts'
import { RuleError } from '../lib/errors.ts'
import { notingDone } from '../operations/note.ts'
import { type Buckets, findOperation, OPEN, Operation } from '../operations/operation.ts'
import { emptying } from '../selections/selection.ts'
import { carryOut, type ProgressListener } from './carry-out.ts'

class Cancellation extends Error {}

export const GROUP_GONE = 'Someone else deleted the group, so nothing was changed.'

export const OPERATION_LOCK = 'bulk operation'

/**
 * Carries out an operation as a job, completely or not at all: one transaction, whose steps take customers in the order
 * of their ids. It is safe to call again at any moment and from several processes, because only one does the work, and
 * only once. Progress is written over a second connection; a Cancel is noticed between two steps and rolls everything
 * back.
 * @throws any error that is neither a broken rule nor a Cancel; nothing was changed then.
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
      await liftDeadlines(inner)
      // This is how long the customers stay locked if this machine vanishes. It is enough, because between two steps
      // nothing is done but writing the progress.
      await rows(inner, sql`select set_config('idle_in_transaction_session_timeout', '1min', true)`)
      const buckets = await carryOut(inner, operation, progressListener(outside, operationId))
      await finish(inner, operation, buckets, clock())
    })
  } catch (error) {
    const failure = failureOf(error)
    if (failure === undefined) throw error
    await giveUp(outside, operationId, failure, clock())
  }
}

/**
 * Carries out an operation in em's transaction, which created it. Its progress is not written, because that needs a
 * second connection: many pages do this at once, and would wait for each other's second connection.
 */
export async function performWithin(em: Em, operation: Operation, now: Date): Promise<Operation> {
  return finish(em, operation, await carryOut(em, operation), now)
}

/**
 * Writes the progress over another connection, without waiting for the disk, and learns there whether somebody has
 * cancelled.
 */
function progressListener(outside: Em, operationId: number): ProgressListener {
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
    if (progress?.isCancelled) throw new Cancellation()
  }
}

/**
 * Ends an operation that was carried out: records its counts, notes it in the activity, and empties its selection,
 * since nobody needs to know any more who was selected and what was searched for.
 */
async function finish(em: Em, operation: Operation, buckets: Buckets, now: Date): Promise<Operation> {
  const { asked, created, added, moved, removed, updated, already, refused, groups, lists = 0, listsKept = 0 } = buckets
  const noted = notingDone(operation, buckets)
  const beside = [
    ...(noted ? [sql`noted as (${noted})`] : []),
    ...(operation.selectionId ? [emptying(operation.selectionId)] : [])
  ]
  const done = await row(
    em,
    prepared(sql<EntityDictionary<Operation>>`
    ${beside.length ? sql`with ${sql.join(beside)}` : sql``}
    update bulk_operation
    set state = 'done', ended_at = ${now}, asked = ${asked}, created = ${created}, added = ${added}, moved = ${moved},
      removed = ${removed}, updated = ${updated}, already = ${already}, refused = ${refused}, groups = ${JSON.stringify(groups)}::jsonb,
      lists = ${lists}, lists_kept = ${listsKept}
    where id = ${operation.id} returning *
  `)
  )
  if (!done) throw new Error('An operation that is done is not there')
  return em.map(Operation, done)
}

/**
 * Why the operation ended without doing anything: a sentence for whoever asked, null if they cancelled it, or undefined
 * if another attempt might succeed.
 */
function failureOf(error: unknown): string | null | undefined {
  if (error instanceof Cancellation) return null
  if (error instanceof RuleError) return error.message
  return isForeignKeyBreach(error) ? GROUP_GONE : undefined
}

/** Ends an operation that changed nothing. Its selection, or the operation it would have undone, can be used again. */
export async function giveUp(em: Em, operationId: number, failure: string | null, now: Date): Promise<void> {
  const state = failure === null ? 'cancelled' : 'failed'
  await em.nativeUpdate(
    Operation,
    { id: operationId, state: { $in: [...OPEN] } },
    { state, failure, endedAt: now.toISOString(), selectionId: null, undoes: null }
  )
}
