import type { Operation } from './operation.ts'

/** A title for an operation, also while it is under way: "Moving customers to VIP". */
export function whatItDoes({
  kind,
  groupName,
  isList,
  undoneKind
}: Pick<Operation, 'kind' | 'groupName' | 'isList' | 'undoneKind'>): string {
  if (kind === 'add') return `${isList ? 'Adding' : 'Moving'} customers to ${groupName}`
  if (kind === 'remove') return `Removing customers from ${groupName}`
  if (kind === 'import') return groupName ? `Importing customers into ${groupName}` : 'Importing customers'
  if (kind === 'delete-group') return `Deleting ${groupName}`
  if (undoneKind === 'delete-group') return `Restoring ${groupName}`
  if (undoneKind === 'import') return groupName ? `Undoing the import into ${groupName}` : 'Undoing an import'
  if (undoneKind === 'remove') return `Adding customers back to ${groupName}`
  return isList ? `Removing the added customers from ${groupName}` : `Moving customers back from ${groupName}`
}

/** A sentence as it is written within another sentence. */
export const lowered = (sentence: string) => sentence.charAt(0).toLowerCase() + sentence.slice(1)
