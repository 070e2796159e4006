import { sql } from 'kysely'
import { start } from '../bulk/start.ts'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import type { Operation } from '../operations/operation.ts'
import type { FileImport } from './file-import.ts'
import { joining } from './plan.ts'
import { noPlan } from './planned.ts'

/** Carries an import's plan out; asked for again, it answers with the bulk operation that does, or did. */
export async function addCustomers(
  em: Em,
  { id, groupId, groupName, isList, plan, updates }: FileImport,
  actor: { id: number; now: Date }
): Promise<Operation> {
  const group = { id: groupId, name: groupName, isList }
  const expected = plan ? joining(plan) : 0
  const changing = plan && updates ? plan.different.already + plan.different.joining : 0
  const size = expected + changing + (plan?.already ?? 0)
  return start(em, { kind: 'import', group, importId: id, expected, size }, actor)
}

/** Whether existing customers get the details that the file has for them. */
export async function chooseDetails(em: Em, { id }: FileImport, updates: boolean): Promise<void> {
  const changed = await row(
    em,
    sql`
    update file_import set updates = ${updates} where id = ${id} and state = 'planned' and not exists (
      select from bulk_operation operation where operation.id = operation_id and operation.state in ('waiting', 'running')
    ) returning 1
  `
  )
  if (!changed) throw noPlan()
}
