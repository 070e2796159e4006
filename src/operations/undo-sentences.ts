import type { MovedFrom } from '../groups/membership.ts'
import { customers, groupsText, listed, told, were } from '../groups/sentences.ts'
import { changed, type Operation } from './operation.ts'
import { lowered, whatItDoes } from './what-it-does.ts'

/** "Undo moving customers to VIP" */
export function undoTitle(operation: Operation): string {
  const doing = whatItDoes(operation)
  return `Undo ${lowered(doing)}`
}

/** What an undo will do, before it does; so many customers it would delete. */
export function whatUndoDoes(operation: Operation, erased: number): string[] {
  const { kind, groupName, isList, created } = operation
  const people = customers(changed(operation) - created)
  const hasOthers = changed(operation) > created
  if (kind === 'delete-group')
    return [`${groupName} comes back${hasOthers ? ` with ${people}` : ''}.`, ...(hasOthers ? [UNLESS_CHANGED] : [])]
  if (kind !== 'import') {
    const effect = {
      add: isList ? `come off ${groupName}` : 'go back to the groups they were in before',
      remove: `go back into ${groupName}`
    }
    return [`${people} ${kind === 'add' ? effect.add : effect.remove}.`, UNLESS_CHANGED]
  }
  const kept = created - erased
  return [
    ...(erased ? [`Undo deletes ${customers(erased)} that this import created. They can’t be brought back.`] : []),
    ...(kept
      ? [`${customers(kept)} that it created ${kept === 1 ? 'stays' : 'stay'}, used or changed since then.`]
      : []),
    ...(hasOthers ? [`${people} who were here before go back to their old groups and details. ${UNLESS_CHANGED}`] : [])
  ]
}

const UNLESS_CHANGED = 'Anyone who was changed since then is left alone.'

function importUndone(operation: Operation): string {
  const { created, removed, moved, updated, refused, groupName, groups } = operation
  const parts = listed([
    removed && `${customers(removed)} taken off ${groupName}`,
    moved && movesBack(moved, groups),
    updated && `${customers(updated)} given their old details back`
  ])
  const deleted = created && `${customers(created)} created by the import ${were(created)} deleted.`
  if (!parts && !deleted) return told('Nothing was undone.', leftAlone(refused))
  return told(deleted, parts && `Undone: ${parts}.`, leftAlone(refused))
}

/** Those whom an undo did not touch. */
function leftAlone(count: number): string | 0 {
  return count && `${customers(count)} ${were(count)} left alone, changed or deleted since then.`
}

/** What an undo did. */
export function undone(operation: Operation): string {
  if (operation.undoneKind === 'import') return importUndone(operation)
  const { refused, groupName, undoneKind, isList, groups } = operation
  const back = changed(operation)
  const rest = leftAlone(refused)
  if (undoneKind === 'delete-group')
    return told(`${groupName} is back with ${back === 0 ? 'no customers' : customers(back)}.`, rest)
  if (back === 0) return told('Nothing was undone.', rest)
  if (undoneKind === 'remove') return told(`Undone: ${customers(back)} put back into ${groupName}.`, rest)
  const what = isList ? `${customers(back)} taken off ${groupName}` : movesBack(back, groups)
  return told(`Undone: ${what}.`, rest)
}

/** "3 customers moved back to Trade", "3 customers moved back (2 to Trade, 1 to Default)" */
function movesBack(count: number, groups: MovedFrom[]): string {
  const to = groups.length === 1 ? ` to ${groups[0]?.name ?? ''}` : ` (${groupsText(groups, 'to')})`
  return `${customers(count)} moved back${to}`
}

/** What an undo did to the one customer that it was about. */
export function backSentence(
  { undoneKind, isList, groupName, groups: [to], ...buckets }: Operation,
  name: string
): string {
  if (changed(buckets) === 0) return `Nothing was undone: somebody has changed ${name}’s groups since.`
  if (undoneKind === 'remove') return `${name} is back in ${groupName}.`
  return isList ? `${name} is no longer in ${groupName}.` : `${name} is back in ${to?.name ?? 'Default'}.`
}
