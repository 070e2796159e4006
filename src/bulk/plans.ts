import { type RawBuilder, sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { preparedRow, preparedRows } from '../db/rows.ts'
import { DEFAULT_GROUP, NO_GROUP } from '../groups/group.ts'
import { importing } from '../imports/carry-out.ts'
import { undoingImport } from '../imports/undo.ts'
import type { MovedFrom } from '../membership/membership.ts'
import { A_FEW, chooseMembers, chooseSelected } from '../operations/chosen.ts'
import { deleteKeeping, restoreGroup } from '../operations/deleted-group.ts'
import { type Buckets, changed, findOperation, type Operation } from '../operations/operation.ts'
import { addToList, moveTo, moveToDefault, removeFromList, type Step } from '../operations/steps.ts'
import { leaveList, moveBack, rejoinList } from '../operations/undo-steps.ts'
import { RuleError } from '../web/errors.ts'

/** What all steps of a phase came to, groups by id. */
export interface Sums {
  asked: number
  done: number
  already: number
  groups: Map<number, number>
  someone: number | null
}

/** The step of a phase that comes after an id. */
export type Phase = (after: number) => RawBuilder<Step>

/** How an operation is carried out: what it is about, phase after phase, what comes last, and what that comes to. */
export interface Plan {
  /** About how many customers it is. */
  total: number
  phases: Phase[]
  conclude(): Promise<void>
  buckets(sums: Sums[]): Promise<Buckets>
}

export const NOBODY: Buckets = {
  asked: 0,
  created: 0,
  added: 0,
  moved: 0,
  removed: 0,
  updated: 0,
  already: 0,
  refused: 0,
  groups: [],
  someone: null
}

/** Why a primary group is not deleted as it is (docs/rules.md, 7). */
export function stillHolds(groupName: string): string {
  return `There are still customers in ${groupName}, so it can’t be deleted yet.`
}

/** Begins an operation: whoever it is about is known afterwards, as is any reason why it can't be. */
export async function planOf(em: Em, operation: Operation): Promise<Plan> {
  if (operation.undoes !== null) return undoing(em, operation, await findOperation(em, operation.undoes))
  if (operation.kind === 'import') return importing(em, operation)
  const { id: operationId, groupId, isList, askedById: by, askedAt: at, selectionId } = operation
  const group = { id: groupId, isList }
  const isDeletion = operation.kind === 'delete-group'
  const { total, ids: chosen } = isDeletion
    ? await chooseMembers(em, group)
    : await chooseSelected(em, selectionId, group)
  const told = { operationId, chosen, groupId, by, at }
  // Nobody has been told that they would be moved.
  if (isDeletion && !isList && operation.expected === 0 && total > 0)
    throw new RuleError(stillHolds(operation.groupName))
  if (operation.kind === 'add') {
    const step = isList ? addToList : moveTo
    return {
      total,
      phases: [(after) => step(told, after)],
      conclude: async () => {},
      buckets: async ([sums]) => joined(em, sums)
    }
  }
  const step = isList ? removeFromList : moveToDefault
  return {
    total,
    phases: [(after) => step(told, after)],
    conclude: async () => {
      if (isDeletion) await deleteKeeping(em, operation)
    },
    buckets: async ([sums]) => departed(sums)
  }
}

const NOTHING: Sums = { asked: 0, done: 0, already: 0, groups: new Map(), someone: null }

/** What came of those who were to join. */
export async function joined(em: Em, sums = NOTHING): Promise<Buckets> {
  const { asked, done, already, groups, someone } = sums
  const others = (await named(em, groups)).filter(({ id }) => id !== DEFAULT_GROUP)
  const moved = others.reduce((sum, { count }) => sum + count, 0)
  return {
    ...NOBODY,
    asked,
    added: done - moved,
    moved,
    already,
    refused: asked - done - already,
    groups: others,
    someone
  }
}

function departed({ asked, done, already, someone } = NOTHING): Buckets {
  return { ...NOBODY, someone, asked, removed: done, already, refused: asked - done - already }
}

async function undoing(em: Em, undo: Operation, undone: Operation): Promise<Plan> {
  if (undone.kind === 'delete-group') await restoreGroup(em, undone, undo)
  else if (undone.groupId !== NO_GROUP)
    await refuseDeleted(em, undone.groupId, `${undone.groupName} has been deleted. Undo its deletion first, then this.`)
  if (undone.kind === 'import') return undoingImport(em, undone, undo)
  const { id, groupId, isList } = undone
  const isAdd = undone.kind === 'add'
  const total = changed(undone)
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
    buckets: async ([{ done, groups, someone } = NOTHING]) => {
      const refused = total - done
      if (isList) return { ...NOBODY, someone, asked: total, ...(isAdd ? { removed: done } : { added: done }), refused }
      return { ...NOBODY, someone, asked: total, moved: done, refused, groups: await named(em, groups) }
    }
  }
}

/** Holds a group, so that it stays until the transaction ends. */
export async function refuseDeleted(em: Em, groupId: number, why: string): Promise<void> {
  const group = await preparedRow(em, sql`select from customer_group where id = ${groupId} for key share`)
  if (!group) throw new RuleError(why)
}

/** The largest first. */
export async function named(em: Em, groups: Map<number, number>): Promise<MovedFrom[]> {
  if (groups.size === 0) return []
  const ids = [...groups.keys()]
  const found = await preparedRows(
    em,
    sql<{ id: number; name: string }>`select id, name from customer_group where id = any(${ids}::int[]) order by name`
  )
  return found
    .map(({ id, name }) => ({ id, name, count: groups.get(id) ?? 0 }))
    .toSorted((one, other) => other.count - one.count)
}
