import type { EntityDictionary } from '@mikro-orm/core'
import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { prepared } from '../db/prepared.ts'
import { row, rows } from '../db/rows.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import { findOperation, Operation, type OperationKind, type State } from './operation.ts'

export interface NewOperation {
  kind: OperationKind
  group: Pick<Group, 'id' | 'name' | 'isList'>
  selectionId?: string
  expected?: number
  undoes?: number
  newName?: string
  /** The import whose plan the operation carries out. */
  importId?: number
}

/**
 * Stores a new operation. A selection is used once, an operation undone once and a plan carried out once, so a repeat
 * returns the operation that exists already.
 */
export async function insertOperation(
  em: Em,
  asked: NewOperation,
  actor: Actor
): Promise<{ operation: Operation; isNew: boolean }> {
  const { kind, group, selectionId = null, expected = null, undoes = null, newName = null, importId } = asked
  const already = importId === undefined ? null : await holdPlan(em, importId)
  if (already !== null) return { operation: await findOperation(em, already), isNew: false }
  // This is plain SQL, because MikroORM has no insert that gives way to any conflicting row and reports it.
  const made = await row(
    em,
    prepared(sql<EntityDictionary<Operation>>`
    with made as (
      insert into bulk_operation
        (kind, group_id, group_name, is_list, selection_id, expected, undoes, new_name, asked_by, asked_at)
      values (${kind}, ${group.id}, ${group.name}, ${group.isList}, ${selectionId}, ${expected}, ${undoes}, ${newName},
        ${actor.id}, ${actor.now})
      on conflict do nothing returning *
    )
    select made.*, person.name as asked_by_name, undone.kind as undone_kind, null::int as undone_by,
      0 as done, 0 as total, false as is_cancelled
    from made join staff_member person on person.id = made.asked_by left join bulk_operation undone on undone.id = made.undoes
  `)
  )
  if (made) {
    const operation = em.map(Operation, made)
    if (importId !== undefined)
      await rows(em, sql`update file_import set operation_id = ${operation.id} where id = ${importId}`)
    return { operation, isNew: true }
  }
  const same = selectionId === null ? { undoes } : { selectionId }
  return { operation: await em.findOneOrFail(Operation, same, { refresh: true }), isNew: false }
}

/** Begins to record an operation's progress, so that it can be shown, and so that the operation can be cancelled. */
export async function beginProgress(em: Em, operationId: number): Promise<void> {
  await rows(em, sql`insert into operation_progress (operation_id) values (${operationId}) on conflict do nothing`)
}

/**
 * The operation that carries out, or has carried out, an import's plan; null if there is none. The import is locked, so
 * that of two requests one comes second.
 */
async function holdPlan(em: Em, importId: number): Promise<number | null> {
  const file = await row(
    em,
    sql<{ state: string; operationId: number | null; operationState: State | null }>`
    select file.state, operation.id as "operationId", operation.state as "operationState"
    from file_import file left join bulk_operation operation on operation.id = file.operation_id
    where file.id = ${importId} for update of file
  `
  )
  const isFree = !file?.operationState || file.operationState === 'cancelled' || file.operationState === 'failed'
  if (file && !isFree) return file.operationId
  if (file?.state !== 'planned') throw new RuleError('This import can no longer be started. Upload the file again.')
  return null
}
