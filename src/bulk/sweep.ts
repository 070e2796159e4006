import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { whyInterrupted } from '../db/queue/given-up.ts'
import { forEachLost, type Work } from '../db/queue/sweep.ts'
import { rows } from '../db/rows.ts'
import { UNDO_DAYS } from '../operations/operation.ts'
import { forgetOldSelections } from '../selections/selection.ts'
import { giveUp, OPERATION_LOCK } from './perform.ts'
import { queueOperation } from './start.ts'

export const OPERATIONS: Work = { word: 'operation', lock: OPERATION_LOCK }

/** Returns operations to the queue if no job will finish them, or gives them up if they were tried often enough. */
export async function sweepOperations(em: Em, now: Date): Promise<void> {
  const open = sql<{ id: number }>`select id from bulk_operation where state in ('waiting', 'running')`
  await forEachLost(em, OPERATIONS, open, (inner, { id, givenUp }) =>
    givenUp ? giveUp(inner, id, whyInterrupted(givenUp), now) : queueOperation(inner, id)
  )
}

/** Forgets what undo needs once it is too late to undo, and selections that nobody came back to. */
export async function forgetOld(em: Em, now: Date): Promise<void> {
  await forgetOldSelections(em, now)
  await rows(
    em,
    sql`
    with old as (
      update bulk_operation set is_forgotten = true
      where not is_forgotten and ended_at < ${now}::timestamptz - make_interval(days => ${UNDO_DAYS + 1}) returning id
    ), ended as (
      delete from ended_membership where operation_id in (select id from old)
    ), made as (
      delete from created_customer where operation_id in (select id from old)
    ), updated as (
      delete from updated_customer where operation_id in (select id from old)
    )
    delete from deleted_group where operation_id in (select id from old)
  `
  )
}
