import type { MovedFrom } from '../groups/group.ts'
import { customers, groupsText, joinSentences, joinWithCommas, listCount, wasOrWere } from '../groups/sentences.ts'
import { countChanged, type Operation } from './operation.ts'
import { lowered, whatItDoes } from './what-it-does.ts'

/** The title of an undo: "Undo moving customers to VIP". */
export function undoTitle(operation: Operation): string {
  const doing = whatItDoes(operation)
  return `Undo ${lowered(doing)}`
}

/** Sentences that say what an undo will do. `erased` is the number of customers that it would delete. */
export function whatUndoDoes(operation: Operation, erased: number): string[] {
  const { kind, groupName, isList, created, lists = 0 } = operation
  const people = customers(countChanged(operation) - created)
  const hasOthers = countChanged(operation) > created
  if (kind === 'delete-group')
    return [`Undo restores ${groupName}${hasOthers ? ` with ${people}` : ''}.`, ...(hasOthers ? [UNLESS_CHANGED] : [])]
  if (kind !== 'import') {
    const effect = {
      add: isList ? `will be removed from ${groupName}` : 'will move back to their previous groups',
      remove: `will be added back to ${groupName}`
    }
    return [`${people} ${kind === 'add' ? effect.add : effect.remove}.`, UNLESS_CHANGED]
  }
  const kept = created - erased
  return [
    ...(erased ? [`Undo deletes ${customers(erased)} created by this import. They can’t be restored.`] : []),
    ...(kept
      ? [
          `${customers(kept)} created by this import ${kept === 1 ? 'has' : 'have'} been used or changed since then and will stay.`
        ]
      : []),
    ...(hasOthers
      ? [`${people} you already had will go back to their previous groups and details. ${UNLESS_CHANGED}`]
      : []),
    ...(lists
      ? [`${listCount(lists)} created by this import will be deleted too, unless changed or used since then.`]
      : [])
  ]
}

const UNLESS_CHANGED = 'Customers changed since then are skipped.'

function importUndone(operation: Operation): string {
  const { created, removed, moved, updated, refused, groupName, groups, lists = 0, listsKept = 0 } = operation
  const parts = joinWithCommas([
    removed && `${customers(removed)} removed from ${groupName || 'the lists they had joined'}`,
    moved && movesBack(moved, groups),
    updated && `old details restored for ${customers(updated)}`
  ])
  const deleted = created && `${customers(created)} created by the import ${wasOrWere(created)} deleted.`
  if (!parts && !deleted) return joinSentences('Nothing was undone.', leftAlone(refused))
  return joinSentences(
    deleted,
    parts && `Undone: ${parts}.`,
    leftAlone(refused),
    lists && `${listCount(lists)} created by the import ${wasOrWere(lists)} deleted.`,
    listsKept &&
      `${listCount(listsKept)} ${wasOrWere(listsKept)} kept because ${listsKept === 1 ? 'it' : 'they'} had other customers or later changes.`
  )
}

/** A sentence about the customers that an undo skipped; 0 if there were none. */
function leftAlone(count: number): string | 0 {
  return count && `${customers(count)} changed or deleted since then ${wasOrWere(count)} skipped.`
}

/** The result of an undo as a sentence. */
export function undone(operation: Operation): string {
  if (operation.undoneKind === 'import') return importUndone(operation)
  const { refused, groupName, undoneKind, isList, groups } = operation
  const back = countChanged(operation)
  const rest = leftAlone(refused)
  if (undoneKind === 'delete-group')
    return joinSentences(`${groupName} was restored with ${back === 0 ? 'no customers' : customers(back)}.`, rest)
  if (back === 0) return joinSentences('Nothing was undone.', rest)
  if (undoneKind === 'remove') return joinSentences(`Undone: ${customers(back)} added back to ${groupName}.`, rest)
  const what = isList ? `${customers(back)} removed from ${groupName}` : movesBack(back, groups)
  return joinSentences(`Undone: ${what}.`, rest)
}

/** "3 customers moved back to Trade", or "3 customers moved back (2 to Trade, 1 to Default)". */
function movesBack(count: number, groups: MovedFrom[]): string {
  const to = groups.length === 1 ? ` to ${groups[0]?.name ?? ''}` : ` (${groupsText(groups, 'to')})`
  return `${customers(count)} moved back${to}`
}

/** The result of an undo for the single customer that it was about. */
export function backSentence(
  { undoneKind, isList, groupName, groups: [to], ...buckets }: Operation,
  name: string
): string {
  if (countChanged(buckets) === 0) return `Nothing was undone: someone changed ${name}’s groups since then.`
  if (undoneKind === 'remove') return `${name} is back in ${groupName}.`
  return isList ? `${name} is no longer in ${groupName}.` : `${name} is back in ${to?.name ?? 'Default'}.`
}
