import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row, rows } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import { findImport, isIntoNamed } from './file-import.ts'
import { keepGroupsAgain, whyTooManyLists } from './named/groups.ts'
import { sumUp } from './plan.ts'

/** Changes what a plan is made of, and sums it up anew. Add Customers comes before that or after, never between. */
export async function changePlan<Result>(
  em: Em,
  importId: number,
  change: (inner: Em) => Promise<Result>
): Promise<Result> {
  return em.transactional(async (inner) => {
    await holdPlanned(inner, importId)
    const result = await change(inner)
    await sumUpAgain(inner, importId)
    return result
  })
}

export function noPlan(): RuleError {
  return new RuleError('This import has started, finished or been cancelled, so its plan can no longer be changed.')
}

export async function sumUpAgain(em: Em, importId: number): Promise<void> {
  if (isIntoNamed(await findImport(em, importId))) {
    await keepGroupsAgain(em, importId)
    const why = await whyTooManyLists(em, importId)
    if (why) throw new RuleError(why)
  }
  const plan = await sumUp(em, importId)
  await rows(em, sql`update file_import set plan = ${JSON.stringify(plan)}::jsonb where id = ${importId}`)
}

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
