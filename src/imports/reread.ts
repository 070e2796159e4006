import { sql } from 'kysely'
import type { Em } from '../db/orm.ts'
import { row } from '../db/rows.ts'
import { RuleError } from '../lib/errors.ts'
import { queueCheck } from './check.ts'
import type { FileImport } from './file-import.ts'
import { isWholeName, type WholeName } from './reading/headers.ts'

/** Reads the dates of a file that has a plan in the other order, and plans it again. */
export function rereadDates(em: Em, file: FileImport, isDayFirst: boolean): Promise<void> {
  return planAnew(em, file, sql`is_day_first = ${isDayFirst}`)
}

/** Reads the names of a file that has a plan in another order, and plans it again. A repeat has no effect. */
export function rereadNames(em: Em, file: FileImport, order: WholeName): Promise<void> {
  const changed = file.mapping.map((held) => (isWholeName(held) ? order : held))
  const isOther = sql`mapping <> ${JSON.stringify(changed)}::jsonb`
  return planAnew(em, file, sql`mapping = ${JSON.stringify(changed)}::jsonb, swaps_names = swaps_names <> (${isOther})`)
}

async function planAnew(em: Em, { id }: FileImport, change: ReturnType<typeof sql>): Promise<void> {
  await em.transactional(async (inner) => {
    const changed = await row(
      inner,
      sql`
      update file_import set state = 'checking', ${change} where id = ${id} and state = 'planned' and not exists (
        select from bulk_operation operation where operation.id = operation_id and operation.state in ('waiting', 'running')
      ) returning 1
    `
    )
    if (!changed)
      throw new RuleError(
        'This import has started, finished or been cancelled, so its file can no longer be read another way.'
      )
    await queueCheck(inner, id)
  })
}
