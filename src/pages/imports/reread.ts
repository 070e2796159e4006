import { sql } from 'kysely'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { row } from '../../db/rows.ts'
import { queueCheck } from '../../imports/check.ts'
import { type FileImport, findImport } from '../../imports/file-import.ts'
import { isWholeName, WHOLE_NAMES, type WholeName } from '../../imports/reading/headers.ts'
import { RuleError } from '../../lib/errors.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'

const config = { role: 'manager' as const }
const order = z
  .object({
    dates: z.enum(['day', 'month']).optional().catch(undefined),
    names: z.enum(WHOLE_NAMES).optional().catch(undefined)
  })
  .default({})
const reread = { config, schema: { params: idParams, body: order } } as const

/** The other way to read the dates or the names of a file that has a plan: it gets a new one. */
export async function rereadRoutes(app: App) {
  app.post('/imports/:id/reading', reread, async (request, reply) => {
    const { em, body } = request
    const file = await findImport(em, request.params.id)
    if (body.dates) await planAnew(em, file, sql`is_day_first = ${body.dates === 'day'}`)
    if (body.names) await planAnew(em, file, namesAs(file, body.names))
    return reply.seeOther(`/imports/${file.id}`)
  })
}

/** Said twice, it is said once. */
function namesAs({ mapping }: FileImport, order: WholeName) {
  const changed = mapping.map((held) => (isWholeName(held) ? order : held))
  const isOther = sql`mapping <> ${JSON.stringify(changed)}::jsonb`
  return sql`mapping = ${JSON.stringify(changed)}::jsonb, swaps_names = swaps_names <> (${isOther})`
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
