import { DEFAULT_GROUP } from '../db/fixed.ts'
import type { Em } from '../db/orm.ts'
import { Group } from '../groups/group.ts'
import { Refusal } from '../lib/errors.ts'
import type { SignedIn } from '../staff/sessions.ts'
import { countChanged, type Operation } from './operation.ts'

type UndoneOperation = Pick<Operation, 'kind' | 'groupId' | 'isList' | 'groups'>

/** The group that the single customer of an operation is put back into by its undo; null if they only leave one. */
function groupBack({ kind, groupId, isList, groups }: UndoneOperation): number | null {
  if (kind === 'remove') return groupId
  return isList ? null : (groups[0]?.id ?? DEFAULT_GROUP)
}

/**
 * Refuses an undo that the user may not make. Managers may undo anything. Staff may undo what they could do by hand:
 * put a single customer back, but not into a group that gives more rights at the till.
 */
export async function refuseUndoing(em: Em, operation: Operation, user: SignedIn): Promise<void> {
  if (user.may('manager')) return
  if (!operation.isByHand || countChanged(operation) > 1)
    throw new Refusal(403, 'Only managers and admins can do this.')
  const back = groupBack(operation)
  const group = back === null ? null : await em.findOne(Group, back)
  group?.refuseTaking(user)
}
