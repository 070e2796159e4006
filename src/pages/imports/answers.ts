import { sql } from 'kysely'
import { z } from 'zod'
import type { Em } from '../../db/orm.ts'
import { row } from '../../db/rows.ts'
import { queueCheck } from '../../imports/check.ts'
import { type FileImport, findImport, isIntoNamed } from '../../imports/file-import.ts'
import { HELD, whyNotMapping } from '../../imports/reading/headers.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { importPage } from './show.ts'

const config = { role: 'manager' as const }
const column = z.enum(HELD).nullable().catch(null)
const columns = { config, schema: { params: idParams, body: z.record(z.string(), z.unknown()).default({}) } } as const
const order = z.object({ order: z.enum(['day', 'month']).optional().catch(undefined) }).default({})
const dates = { config, schema: { params: idParams, body: order } } as const

/** What a file leaves open, somebody says once for all of its rows. */
export async function answerRoutes(app: App) {
  app.post('/imports/:id/columns', columns, async (request, reply) => {
    const { em, body } = request
    const file = await findImport(em, request.params.id)
    const chosen = file.headers.map((_, index) => column.parse(body[`column-${index}`] || null))
    const mapping = isIntoNamed(file) ? chosen : chosen.map((held) => (held === 'groups' ? null : held))
    const refusal = whyNotMapping(mapping)
    if (refusal) return importPage(request, reply.code(422), { ...file, mapping }, { errors: { form: refusal } })
    await goOn(em, file, 'asking-columns', sql`state = 'reading', mapping = ${JSON.stringify(mapping)}::jsonb`)
    return reply.seeOther(`/imports/${file.id}`)
  })

  app.post('/imports/:id/dates', dates, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { order } = request.body
    if (!order)
      return importPage(request, reply.code(422), file, {
        errors: { day: 'Choose whether the day or the month comes first.' }
      })
    await goOn(request.em, file, 'asking-dates', sql`state = 'checking', is_day_first = ${order === 'day'}`)
    return reply.seeOther(`/imports/${file.id}`)
  })
}

/** The first answer counts; a second one, from another window, is none. */
async function goOn(
  em: Em,
  { id }: FileImport,
  asked: FileImport['state'],
  change: ReturnType<typeof sql>
): Promise<void> {
  await em.transactional(async (inner) => {
    const changed = await row(
      inner,
      sql`update file_import set ${change} where id = ${id} and state = ${asked} returning 1`
    )
    if (changed) await queueCheck(inner, id)
  })
}
