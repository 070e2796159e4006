import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { rows } from '../db/rows.ts'
import { OPEN, Operation } from './operation.ts'

/** The waiting and running operations, the oldest first. */
export async function findOpenOperations(em: Em): Promise<Operation[]> {
  return em.find(Operation, { state: { $in: [...OPEN] } }, { orderBy: { id: 'asc' }, refresh: true })
}

/** What a group's pages show of an operation that is changing the group. */
export type OpenOperation = Pick<Operation, 'id' | 'askedBy' | 'done' | 'total'>

/**
 * A query for the operations that are changing a group. It is plain SQL, because the group's pages run it together with
 * their other queries (bench: `overview`).
 */
export function openOperationsIn(groupId: number): RawBuilder<OpenOperation> {
  return sql`
    select operation.id, person.name as "askedBy", coalesce(progress.done, 0) as done, coalesce(progress.total, 0) as total
    from bulk_operation operation join staff_member person on person.id = operation.asked_by
    left join operation_progress progress on progress.operation_id = operation.id
    where operation.state in ('waiting', 'running') and operation.group_id = ${groupId} order by operation.id
  `
}

/** Asks an operation to stop. Its job notices that between two steps. */
export async function cancel(em: Em, operationId: number): Promise<void> {
  await rows(em, sql`update operation_progress set is_cancelled = true where operation_id = ${operationId}`)
}
