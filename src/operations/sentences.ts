import { customers, groupsText, number } from '../groups/sentences.ts'
import { changed, type Operation } from './operation.ts'

const are = (count: number) => (count === 1 ? 'is' : 'are')
const joined = (parts: (string | 0 | false)[]) => parts.filter(Boolean).join(', ')

/** What an operation is, while it is under way and as a title: "Adding customers to VIP". */
export function whatItDoes({
  kind,
  groupName,
  undoneKind
}: Pick<Operation, 'kind' | 'groupName' | 'undoneKind'>): string {
  if (kind === 'add') return `Adding customers to ${groupName}`
  if (kind === 'remove') return `Removing customers from ${groupName}`
  if (kind === 'import') return `Importing customers into ${groupName}`
  if (kind === 'delete-group') return `Deleting ${groupName}`
  if (undoneKind === 'delete-group') return `Bringing ${groupName} back`
  if (undoneKind === 'import') return `Taking the import into ${groupName} back`
  return undoneKind === 'remove'
    ? `Putting customers back into ${groupName}`
    : `Taking customers out of ${groupName} again`
}

/** What became of everyone who was asked for: the parts add up to the whole (design.md, rule 6). */
export function resultSentence(operation: Operation): string {
  if (operation.kind === 'add') return `${added(operation)}${difference(operation)}`
  if (operation.kind === 'remove') return `${removed(operation)}${difference(operation)}`
  if (operation.kind === 'import') return imported(operation)
  return operation.kind === 'undo' ? undone(operation) : deleted(operation)
}

function added({ asked, added, moved, already, refused, groups, groupName }: Operation): string {
  if (asked === 0) return `Nobody was added to ${groupName}: nobody is selected any more.`
  const parts = joined([
    added && `${number(added)} added`,
    moved && `${number(moved)} moved (${groupsText(groups, 'from')})`,
    already && `${number(already)} already there`,
    refused && `${number(refused)} refused, because deleted meanwhile`
  ])
  return `${customers(asked)} to ${groupName}: ${parts}.`
}

/** The rows that could not be read are the import's own to tell. */
function imported(operation: Operation): string {
  const { created, added, moved, updated, already, refused, groups, groupName } = operation
  const parts = joined([
    created && `${number(created)} created`,
    added && `${number(added)} added`,
    moved && `${number(moved)} moved (${groupsText(groups, 'from')})`,
    updated && `${number(updated)} already there, with new details`,
    already && `${number(already)} already there`,
    refused && `${number(refused)} refused, because deleted meanwhile`
  ])
  return `${customers(created + added + moved)} joined ${groupName}${parts && `: ${parts}`}.`
}

function removed({ asked, removed, already, refused, groupName, isList }: Operation): string {
  if (asked === 0) return `Nobody was removed from ${groupName}: nobody is selected any more.`
  const parts = joined([
    removed && `${number(removed)} removed${isList ? '' : ' and in Default now'}`,
    already && `${number(already)} not in it any more`,
    refused && `${number(refused)} deleted meanwhile`
  ])
  return `${customers(asked)} from ${groupName}: ${parts}.`
}

function deleted({ removed, groupName, isList }: Operation): string {
  if (removed === 0) return `${groupName} is deleted.`
  return isList
    ? `${groupName} is deleted; ${customers(removed)} left it.`
    : `${customers(removed)} moved to Default; ${groupName} is deleted.`
}

function importUndone(operation: Operation): string {
  const { created, removed, moved, updated, refused, groupName, groups } = operation
  const parts = joined([
    created && `${customers(created)} ${are(created)} erased again`,
    removed && `${number(removed)} left ${groupName} again`,
    moved && `${number(moved)} moved back (${groupsText(groups, 'to')})`,
    updated && `${number(updated)} ${updated === 1 ? 'has' : 'have'} their details back`
  ])
  const rest = refused
    ? `; ${number(refused)} ${refused === 1 ? 'stays as it is' : 'stay as they are'}, changed or deleted since`
    : ''
  return `${parts ? `Undone: ${parts}` : 'Nobody could be put back'}${rest}.`
}

function undone(operation: Operation): string {
  if (operation.undoneKind === 'import') return importUndone(operation)
  const { refused, groupName, undoneKind, isList, groups } = operation
  const back = changed(operation)
  const rest = refused
    ? `; ${number(refused)} ${refused === 1 ? 'stays as it is' : 'stay as they are'}, changed or deleted since`
    : ''
  if (undoneKind === 'delete-group')
    return `${groupName} is back with ${back === 0 ? 'no customers' : customers(back)}${rest}.`
  if (back === 0) return `Nobody could be put back${rest || '; nothing is as it was left'}.`
  if (undoneKind === 'remove') return `Undone: ${customers(back)} ${are(back)} back in ${groupName}${rest}.`
  return isList
    ? `Undone: ${customers(back)} left ${groupName} again${rest}.`
    : `Undone: ${customers(back)} moved back (${groupsText(groups, 'to')})${rest}.`
}

/** Why a result is about other numbers than the button said. */
function difference({ asked, expected }: Operation): string {
  if (expected === null || expected === asked) return ''
  return ` ${number(expected)} were selected when you chose; ${number(Math.abs(expected - asked))} ${
    expected > asked ? 'are gone or no longer match' : 'more match by now'
  }.`
}

/** Why somebody has to wait (design.md, rule 19). */
export function busySentence(operation: Operation | undefined): string {
  if (!operation) return 'Somebody else is changing the same thing at this moment. Nothing was changed; try again.'
  const { id, askedBy } = operation
  const doing = whatItDoes(operation)
  return `Bulk operation ${id} (${doing.charAt(0).toLowerCase()}${doing.slice(1)}, by ${askedBy}) is at these customers right now. Nothing was changed; try again in a moment.`
}
