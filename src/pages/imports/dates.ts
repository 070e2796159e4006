import { z } from 'zod'
import { answerDates } from '../../imports/answers.ts'
import { findImport } from '../../imports/queries.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { importPage } from './import-page.ts'

const config = { role: 'manager' as const }
const order = z.object({ order: z.enum(['day', 'month']).optional().catch(undefined) }).default({})
const dates = { config, schema: { params: idParams, body: order } } as const

/** Takes the answer to how a file writes its dates, if no date in it settles that. */
export async function dateRoutes(app: App) {
  app.post('/imports/:id/dates', dates, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { order } = request.body
    if (!order)
      return importPage(request, reply.code(422), file, {
        errors: { day: 'Choose whether the day or the month comes first.' }
      })
    await answerDates(request.em, file, order === 'day')
    return reply.seeOther(`/imports/${file.id}`)
  })
}
