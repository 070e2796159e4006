import { isDeadlock, isForeignKeyBreach, isLockTimeout, isUniqueBreach } from '../db/breaches.ts'
import type { Em } from '../db/orm.ts'
import { addJob } from '../db/queue/jobs.ts'
import type { Group } from '../groups/group.ts'
import type { Actor } from '../lib/actor.ts'
import { RuleError } from '../lib/errors.ts'
import { A_FEW } from '../operations/chosen.ts'
import { beginProgress, insertOperation, type NewOperation } from '../operations/keep-operation.ts'
import { changed, findOperation, type Operation } from '../operations/operation.ts'
import { busySentence } from '../operations/sentences.ts'
import { findOpen } from '../operations/under-way.ts'
import { GROUP_GONE, performIn } from './perform.ts'

/**
 * Begins an operation over about so many customers: few are dealt with when this returns, many by a job. Asked for again
 * (a double click, Back), it answers with the one there is. A RuleError says why few could not be dealt with; then nothing
 * was changed and nothing is kept of it.
 */
export async function start(em: Em, asked: NewOperation & { size: number }, actor: Actor): Promise<Operation> {
  return asked.size > A_FEW ? leaveToJob(em, asked, actor) : performNow(em, asked, actor)
}

async function leaveToJob(em: Em, asked: NewOperation, actor: Actor): Promise<Operation> {
  const id = await em.transactional(async (inner) => {
    const { operation, isNew } = await insertOperation(inner, asked, actor)
    if (isNew) await queue(inner, operation.id)
    return operation.id
  })
  return findOperation(em, id)
}

export async function queue(em: Em, operationId: number): Promise<void> {
  await beginProgress(em, operationId)
  await addJob(em, 'operation', { operationId }, `operation ${operationId}`)
}

const TRIES = 3

/** Recorded and done in one transaction: whoever asks for the same meanwhile waits for it, and finds it done. */
async function performNow(em: Em, asked: NewOperation, actor: Actor): Promise<Operation> {
  for (let tries = 1; ; tries++) {
    try {
      return await em.transactional(async (inner) => {
        const { operation, isNew } = await insertOperation(inner, asked, actor)
        return isNew ? performIn(inner, operation, actor.now) : operation
      })
    } catch (error) {
      if ((isDeadlock(error) || isUniqueBreach(error)) && tries < TRIES) continue
      if (isLockTimeout(error)) throw new RuleError(await whyBusy(em))
      throw isForeignKeyBreach(error) ? new RuleError(GROUP_GONE) : error
    }
  }
}

/** What to say to somebody who waited in vain for a row that is held (docs/rules.md, 19). */
export async function whyBusy(em: Em): Promise<string> {
  return busySentence((await findOpen(em)).find(({ state }) => state === 'running'))
}

/** Deletes a group with whatever it holds: of a primary group, the customers move to Default. */
export async function deleteGroup(em: Em, group: Group, size: number, actor: Actor): Promise<Operation> {
  if (group.system) throw new RuleError(`${group.name} is built in and can’t be deleted.`)
  return start(em, { kind: 'delete-group', group, size, expected: size }, actor)
}

/** Takes back what an operation did, as far as nobody has changed it since (docs/rules.md, 18). */
export async function undo(em: Em, operation: Operation, actor: Actor, newName?: string): Promise<Operation> {
  const refusal = operation.undoneBy === null ? operation.whyNotUndone(actor.now) : null
  if (refusal) throw new RuleError(refusal)
  const group = { id: operation.groupId, name: newName ?? operation.groupName, isList: operation.isList }
  return start(em, { kind: 'undo', group, undoes: operation.id, newName, size: changed(operation) }, actor)
}
