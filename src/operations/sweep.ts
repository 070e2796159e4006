import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { forgetOldSelections } from '../selections/selection.ts'
import { UNDO_DAYS } from './operation.ts'
import { OPERATION_LOCK } from './perform.ts'
import { queue } from './start.ts'

const LOST_AFTER_SECONDS = 2

/**
 * Puts operations back into the queue whose process has died: open, and nobody at work on them. The queue itself would
 * wait for hours before it took such a job for lost.
 */
export async function requeueLost(em: Em, now: Date): Promise<void> {
  const lost = await rows(
    em,
    sql<{ id: number }>`
    select id from bulk_operation
    where state in ('waiting', 'running') and asked_at < ${now}::timestamptz - make_interval(secs => ${LOST_AFTER_SECONDS})
      and not exists (
        select from pg_locks
        where locktype = 'advisory' and database = (select oid from pg_database where datname = current_database())
          and classid = (hashtext(${OPERATION_LOCK})::bigint & 4294967295)::oid and objid = id::oid and objsubid = 2
      )
  `
  )
  for (const { id } of lost) await em.transactional((inner) => queue(inner, id))
}

/** Forgets what undo needed once it can't be undone any more, and selections that nobody came back to. */
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
