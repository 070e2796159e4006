import { isDeadlock, isForeignKeyBreach, isLockTimeout, isUniqueBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import { beginProgress, insertOperation, type NewOperation } from '../operations/keep-operation.ts'
import { findOpenOperations } from '../operations/open-operations.ts'
import { countChanged, findOperation, type Operation } from '../operations/operation.ts'
import { busySentence } from '../operations/sentences.ts'
import { A_FEW } from '../operations/subjects.ts'
import { GROUP_GONE, performWithin } from './perform.ts'

/**
 * Starts an operation on about `size` customers. A few are done when this returns; many are left to a job. If the same
 * form is sent again (a double click, Back), it returns the operation that the first one started.
 * @throws RuleError if a few can't be done; then nothing is changed or recorded.
 */
export async function startOperation(em: Em, asked: NewOperation & { size: number }, actor: Actor): Promise<Operation> {
  return asked.size > A_FEW ? leaveToJob(em, asked, actor) : performNow(em, asked, actor)
}

async function leaveToJob(em: Em, asked: NewOperation, actor: Actor): Promise<Operation> {
  const id = await em.transactional(async (inner) => {
    const { operation, isNew } = await insertOperation(inner, asked, actor)
    if (isNew) await queueOperation(inner, operation.id)
    return operation.id
  })
  return findOperation(em, id)
}

export async function queueOperation(em: Em, operationId: number): Promise<void> {
  await beginProgress(em, operationId)
  await addJob(em, 'operation', { operationId }, `operation ${operationId}`)
}

const TRIES = 3

/**
 * Records the operation and carries it out in one transaction. Whoever asks for the same at the same time waits for
 * that, and finds it done.
 */
async function performNow(em: Em, asked: NewOperation, actor: Actor): Promise<Operation> {
  for (let tries = 1; ; tries++) {
    try {
      return await em.transactional(async (inner) => {
        const { operation, isNew } = await insertOperation(inner, asked, actor)
        return isNew ? performWithin(inner, operation, actor.now) : operation
      })
    } catch (error) {
      if ((isDeadlock(error) || isUniqueBreach(error)) && tries < TRIES) continue
      if (isLockTimeout(error)) throw new RuleError(await whyBusy(em))
      throw isForeignKeyBreach(error) ? new RuleError(GROUP_GONE) : error
    }
  }
}

/** The sentence for somebody who waited in vain for a row that is locked (docs/rules.md, 19). */
export async function whyBusy(em: Em): Promise<string> {
  return busySentence((await findOpenOperations(em)).find(({ state }) => state === 'running'))
}

/** Deletes a group that may have members. The customers of a primary group move to Default. */
export async function deleteGroup(em: Em, group: Group, size: number, actor: Actor): Promise<Operation> {
  if (group.system) throw new RuleError(`${group.name} is built in and can’t be deleted.`)
  return startOperation(em, { kind: 'delete-group', group, size, expected: size }, actor)
}

/** Undoes an operation, except for what somebody has changed since (docs/rules.md, 18). */
export async function undoOperation(em: Em, operation: Operation, actor: Actor, newName?: string): Promise<Operation> {
  const refusal = operation.undoneBy === null ? operation.whyNotUndone(actor.now) : null
  if (refusal) throw new RuleError(refusal)
  const group = { id: operation.groupId, name: newName ?? operation.groupName, isList: operation.isList }
  return startOperation(
    em,
    { kind: 'undo', group, undoes: operation.id, newName, size: countChanged(operation) },
    actor
  )
}
