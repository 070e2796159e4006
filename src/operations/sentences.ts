import { DEFAULT_GROUP } from '../db/fixed.ts'
import {
  customers,
  groupsText,
  joinSentences,
  joinWithCommas,
  listCount,
  number,
  sourcesText,
  wasOrWere
} from '../groups/sentences.ts'
import type { Operation } from './operation.ts'
import { undone } from './undo-sentences.ts'
import { lowered, whatItDoes } from './what-it-does.ts'

/** The result of an operation as a sentence. Its parts add up to everyone asked for (docs/rules.md, 6). */
export function resultSentence(operation: Operation): string {
  if (operation.kind === 'add') return joinSentences(added(operation), difference(operation))
  if (operation.kind === 'remove') return joinSentences(removed(operation), difference(operation))
  if (operation.kind === 'import') return imported(operation)
  return operation.kind === 'undo' ? undone(operation) : deleted(operation)
}

function added(operation: Operation): string {
  const { asked, added, moved, already, refused, groupName, isList } = operation
  const verb = isList ? 'added' : 'moved'
  if (asked === 0) return `No customers were ${verb} to ${groupName}: none are selected.`
  return joinSentences(
    isList && added > 0 && `${customers(added)} added to ${groupName}.`,
    !isList && added + moved > 0 && `${moves(operation)}.`,
    added + moved === 0 && `No customers were ${verb} to ${groupName}.`,
    already && `${customers(already)} ${wasOrWere(already)} already in ${groupName}.`,
    refused && wereDeleted(refused)
  )
}

/**
 * "3 customers moved to Trade (2 from Staff, 1 from Default)". Customers who were added to a primary group came from
 * Default.
 */
function moves({ added, moved, groups, groupName }: Operation): string {
  const all = [...(added ? [{ id: DEFAULT_GROUP, name: 'Default', count: added }] : []), ...groups]
  const from = all.toSorted((one, other) => other.count - one.count)
  const who = customers(added + moved)
  if (from.length === 1) return `${who} moved from ${from[0]?.name ?? ''} to ${groupName}`
  return `${who} moved to ${groupName} (${sourcesText(from)})`
}

const wereDeleted = (count: number) => `${customers(count)} had just been deleted.`

/** The result of an import without its wrong rows, which the import's own page shows. */
function imported(operation: Operation): string {
  const { created, added, moved, updated, already, refused, groups, groupName, lists = 0 } = operation
  const parts = joinWithCommas([
    created && `${number(created)} created`,
    added && `${number(added)} added`,
    moved && `${number(moved)} moved (${groupsText(groups, 'from')})`,
    updated &&
      (groupName ? `${number(updated)} already there, with new details` : `${number(updated)} with new details`),
    already && `${number(already)} ${groupName ? 'already there' : 'unchanged'}`,
    refused && `${number(refused)} skipped (just deleted)`
  ])
  const joined = created + added + moved
  const count = joined ? customers(joined) : 'No customers'
  if (!groupName)
    return joinSentences(
      `${count} ${joined === 1 ? 'was' : 'were'} imported${parts && `: ${parts}`}.`,
      lists && `${listCount(lists)} ${wasOrWere(lists)} created.`
    )
  return `${count} joined ${groupName}${parts && `: ${parts}`}.`
}

function removed({ asked, removed, already, refused, groupName, isList }: Operation): string {
  if (asked === 0) return `No customers were removed from ${groupName}: none are selected.`
  const toDefault = isList ? '' : ` and moved to Default`
  return joinSentences(
    removed
      ? `${customers(removed)} removed from ${groupName}${toDefault}.`
      : `No customers were removed from ${groupName}.`,
    already && `${customers(already)} ${wasOrWere(already)} no longer in ${groupName}.`,
    refused && wereDeleted(refused)
  )
}

function deleted({ removed, groupName, isList }: Operation): string {
  if (removed === 0) return `${groupName} was deleted.`
  return isList
    ? `${groupName} was deleted. ${customers(removed)} ${wasOrWere(removed)} on it.`
    : `${groupName} was deleted. ${customers(removed)} moved to Default.`
}

/** A sentence that says why a result has another number than the button showed. */
function difference({ asked, expected }: Operation): string {
  if (expected === null || expected === asked) return ''
  const count = Math.abs(expected - asked)
  return expected > asked
    ? `You selected ${number(expected)}, but ${number(count)} ${wasOrWere(count)} deleted or no longer matched.`
    : `You selected ${number(expected)}, and ${number(count)} more have matched since then.`
}

/** A sentence that says why somebody has to wait (docs/rules.md, 19). */
export function busySentence(operation: Operation | undefined): string {
  if (!operation)
    return 'Someone else is changing the same thing right now. Nothing was changed. Try again in a moment.'
  const doing = whatItDoes(operation)
  return `${operation.askedBy} is ${lowered(doing)} right now, including these. Nothing was changed. Try again in a moment.`
}
