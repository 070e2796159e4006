import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import { FileImport } from './file-import.ts'
import { recountGroups, whyTooManyLists } from './named/groups.ts'
import { type Plan, sumUp } from './plan.ts'

/**
 * Changes what a plan is made of and returns the new plan. Add Customers comes either before or after this, never in
 * between.
 */
export async function changePlan(em: Em, file: FileImport, change: (inner: Em) => Promise<void>): Promise<Plan> {
  return em.transactional(async (inner) => {
    await holdPlanned(inner, file.id)
    await change(inner)
    return sumUpAgain(inner, file)
  })
}

export function noPlan(): RuleError {
  return new RuleError('This import has started, finished or been cancelled, so its plan can no longer be changed.')
}

/** Sums up an import's plan again, stores it and returns it. It belongs in the transaction of holdPlanned(). */
export async function sumUpAgain(em: Em, file: FileImport): Promise<Plan> {
  const { id } = file
  if (file.isIntoNamed) {
    await recountGroups(em, id)
    const why = await whyTooManyLists(em, id)
    if (why) throw new RuleError(why)
  }
  const plan = await sumUp(em, id)
  await em.nativeUpdate(FileImport, { id }, { keptPlan: plan })
  return plan
}

/**
 * Locks an import whose plan nobody is carrying out until em's transaction ends.
 * @throws RuleError if the import has no such plan.
 */
export async function holdPlanned(em: Em, importId: number): Promise<void> {
  const held = await row(
    em,
    sql`
    select 1 from file_import
    where id = ${importId} and state = 'planned' and not exists (
      select from bulk_operation operation where operation.id = operation_id and operation.state in ('waiting', 'running')
    ) for update
  `
  )
  if (!held) throw noPlan()
}
