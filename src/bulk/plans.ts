import { DEFAULT_GROUP, NO_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { planImport } from '../imports/carry-out.ts'
import { planImportUndo } from '../imports/undo.ts'
import { RuleError } from '../lib/errors.ts'
import { deleteGroup, restoreGroup } from '../operations/deleted-group.ts'
import { countChanged, findOperation, type Operation } from '../operations/operation.ts'
import {
  bucketsOfJoining,
  bucketsOfLeaving,
  NO_BUCKETS,
  NO_TOTALS,
  type Plan,
  refuseDeleted,
  stillHasCustomers,
  withGroupNames
} from '../operations/plan.ts'
import { addToList, moveTo, moveToDefault, removeFromList } from '../operations/steps.ts'
import { A_FEW, chooseMembers, chooseSelected } from '../operations/subjects.ts'
import { leaveList, moveBack, rejoinList } from '../operations/undo-steps.ts'

/**
 * Plans an operation: how many customers it is about, and the steps to take.
 * @throws RuleError if it can't be carried out.
 */
export async function planOf(em: Em, operation: Operation): Promise<Plan> {
  if (operation.undoes !== null) return planUndo(em, operation, await findOperation(em, operation.undoes))
  if (operation.kind === 'import') return planImport(em, operation)
  const { id: operationId, groupId, isList, askedById: by, askedAt: at, selectionId } = operation
  const group = { id: groupId, isList }
  const isDeletion = operation.kind === 'delete-group'
  const { total, ids: chosen } = isDeletion
    ? await chooseMembers(em, group)
    : await chooseSelected(em, selectionId, group)
  const details = { operationId, chosen, groupId, by, at }
  // A group that was empty when its deletion was confirmed is not empty any more, and nobody confirmed moving its
  // customers.
  if (isDeletion && !isList && operation.expected === 0 && total > 0)
    throw new RuleError(stillHasCustomers(operation.groupName))
  if (operation.kind === 'add') {
    const step = isList ? addToList : moveTo
    return {
      total,
      phases: [(after) => step(details, after)],
      conclude: async () => {},
      buckets: async ([sums]) => bucketsOfJoining(em, sums)
    }
  }
  const step = isList ? removeFromList : moveToDefault
  return {
    total,
    phases: [(after) => step(details, after)],
    conclude: async () => {
      if (isDeletion) await deleteGroup(em, operation)
    },
    buckets: async ([sums]) => bucketsOfLeaving(sums)
  }
}

async function planUndo(em: Em, undo: Operation, undone: Operation): Promise<Plan> {
  if (undone.kind === 'delete-group') await restoreGroup(em, undone, undo)
  else if (undone.groupId !== NO_GROUP)
    await refuseDeleted(em, undone.groupId, `${undone.groupName} has been deleted. Undo its deletion first, then this.`)
  if (undone.kind === 'import') return planImportUndo(em, undone, undo)
  const { id, groupId, isList } = undone
  const isAdd = undone.kind === 'add'
  const total = countChanged(undone)
  return {
    total,
    phases: [
      (after) => {
        const undoId = undo.id
        if (isList && !isAdd) return rejoinList({ id, groupId, undoId }, after)
        const place = total > A_FEW ? after : null
        if (isList) return leaveList({ ...undone, undoId }, place)
        return moveBack({ id, groupId: isAdd ? groupId : DEFAULT_GROUP, undoId }, place)
      }
    ],
    conclude: async () => {},
    buckets: async ([{ done, groups, someone } = NO_TOTALS]) => {
      const refused = total - done
      if (isList)
        return { ...NO_BUCKETS, someone, asked: total, ...(isAdd ? { removed: done } : { added: done }), refused }
      return { ...NO_BUCKETS, someone, asked: total, moved: done, refused, groups: await withGroupNames(em, groups) }
    }
  }
}
