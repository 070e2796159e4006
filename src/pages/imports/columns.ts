import { z } from 'zod'
import { answerColumns } from '../../imports/answers.ts'
import { findImport } from '../../imports/queries.ts'
import { COLUMN_CONTENTS, whyNotMapping } from '../../imports/reading/headers.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { importPage } from './import-page.ts'

const config = { role: 'manager' as const }
const column = z.enum(COLUMN_CONTENTS).nullable().catch(null)
const columns = { config, schema: { params: idParams, body: z.record(z.string(), z.unknown()).default({}) } } as const

/** Takes the answer to what each column of a file holds, if its headers leave that open. */
export async function columnRoutes(app: App) {
  app.post('/imports/:id/columns', columns, async (request, reply) => {
    const { em, body } = request
    const file = await findImport(em, request.params.id)
    const chosen = file.headers.map((_, index) => column.parse(body[`column-${index}`] || null))
    const mapping = file.isIntoNamed ? chosen : chosen.map((held) => (held === 'groups' ? null : held))
    const refusal = whyNotMapping(mapping)
    if (refusal) return importPage(request, reply.code(422), file, { mapping, errors: { form: refusal } })
    await answerColumns(em, file, mapping)
    return reply.seeOther(`/imports/${file.id}`)
  })
}
