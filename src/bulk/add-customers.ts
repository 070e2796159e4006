import type { Em } from '../db/orm.ts'
import type { FileImport } from '../imports/file-import.ts'
import { joining } from '../imports/plan.ts'
import type { Actor } from '../lib/actor.ts'
import type { Operation } from '../operations/operation.ts'
import { startOperation } from './start.ts'

/** Carries out an import's plan. If it is called again, it returns the bulk operation that the first call started. */
export async function addImportedCustomers(
  em: Em,
  { id, groupId, groupName, isList, plan, updates }: FileImport,
  actor: Actor
): Promise<Operation> {
  const group = { id: groupId, name: groupName, isList }
  const expected = plan ? joining(plan) : 0
  const changing = plan && updates ? plan.different.already + plan.different.joining : 0
  const size = expected + changing + (plan?.already ?? 0)
  return startOperation(em, { kind: 'import', group, importId: id, expected, size }, actor)
}
