import { isDeadlock, isLockTimeout, isUniqueBreach } from '../db/breaches.ts'
import type { Em, Orm } from '../db/orm.ts'
import type { Group } from '../groups/group.ts'
import { addJob } from '../jobs/jobs.ts'
import { RuleError } from '../web/errors.ts'
import { insertOperation, type NewOperation } from './keep-operation.ts'
import { changed, findOpen, findOperation, type Operation, whyNotUndone } from './operation.ts'
import { giveUp, perform } from './perform.ts'
import { busySentence } from './sentences.ts'

/** More are left to a job: nobody watches a page that hangs. */
const AT_ONCE = 2_000

interface Actor {
  id: number
  now: Date
}

export interface Runner {
  orm: Orm
  clock: () => Date
}

/**
 * Begins an operation over about so many customers: few are dealt with when this returns, many by a job. Asked for again
 * (a double click, Back), it answers with the one there is.
 */
export async function start(
  { orm, clock }: Runner,
  em: Em,
  asked: NewOperation & { size: number },
  actor: Actor
): Promise<Operation> {
  const isJob = asked.size > AT_ONCE
  const { id, isNew } = await em.transactional(async (inner) => {
    const made = await insertOperation(inner, asked, actor)
    if (made.isNew && isJob) await queue(inner, made.id)
    return made
  })
  if (isNew && !isJob) await performHere(orm, em, id, clock)
  return findOperation(em, id)
}

export async function queue(em: Em, operationId: number): Promise<void> {
  await addJob(em, 'operation', { operationId }, `operation ${operationId}`)
}

const TRIES = 3

async function performHere(orm: Orm, em: Em, operationId: number, clock: () => Date): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      return await perform(orm, operationId, clock, { isPatient: false })
    } catch (error) {
      if ((isDeadlock(error) || isUniqueBreach(error)) && tries < TRIES) continue
      if (isLockTimeout(error)) return giveUp(em, operationId, await whyBusy(em), clock())
      await giveUp(em, operationId, 'Something went wrong on our side, so nothing was changed.', clock())
      throw error
    }
  }
}

/** What to say to somebody who waited in vain for a row that is held (design.md, rule 19). */
export async function whyBusy(em: Em): Promise<string> {
  return busySentence((await findOpen(em)).find(({ state }) => state === 'running'))
}

/** Deletes a group with whatever it holds: of a primary group, the customers move to Default. */
export async function deleteGroup(
  runner: Runner,
  em: Em,
  group: Group,
  size: number,
  actor: Actor
): Promise<Operation> {
  if (group.system) throw new RuleError(`${group.name} belongs to the system and can’t be deleted.`)
  return start(runner, em, { kind: 'delete-group', group, size, expected: size }, actor)
}

/** Takes back what an operation did, as far as nobody has changed it since (design.md, rule 18). */
export async function undo(
  runner: Runner,
  em: Em,
  operation: Operation,
  actor: Actor,
  newName?: string
): Promise<Operation> {
  const refusal = operation.undoneBy === null ? whyNotUndone(operation, actor.now) : null
  if (refusal) throw new RuleError(refusal)
  const group = { id: operation.groupId, name: newName ?? operation.groupName, isList: operation.isList }
  return start(runner, em, { kind: 'undo', group, undoes: operation.id, newName, size: changed(operation) }, actor)
}
