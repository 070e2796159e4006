import { z } from 'zod'
import { findImport } from '../../imports/queries.ts'
import { WHOLE_NAMES } from '../../imports/reading/headers.ts'
import { rereadDates, rereadNames } from '../../imports/reread.ts'
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

/** Reads the dates or the names of a file the other way, which makes a new plan. */
export async function readingRoutes(app: App) {
  app.post('/imports/:id/reading', reread, async (request, reply) => {
    const { em, body } = request
    const file = await findImport(em, request.params.id)
    if (body.dates) await rereadDates(em, file, body.dates === 'day')
    if (body.names) await rereadNames(em, file, body.names)
    return reply.seeOther(`/imports/${file.id}`)
  })
}
