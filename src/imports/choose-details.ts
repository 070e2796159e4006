import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { noPlan } from './change-plan.ts'
import type { FileImport } from './file-import.ts'

/** Chooses whether existing customers get the details that the file has for them. */
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
