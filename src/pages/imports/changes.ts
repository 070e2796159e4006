import { type ChangedCustomer, listChanges } from '../../imports/changes.ts'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { findImport } from '../../imports/queries.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { type PageExtent, pageOf, placeFields } from './page-extent.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/changes': ImportHeading & PageExtent & { file: FileImport; found: ChangedCustomer[] }
  }
}

const config = { role: 'manager' as const }
const places = { config, schema: { params: idParams, querystring: placeFields } } as const

/** The details of existing customers that an import would change. */
export async function changeRoutes(app: App) {
  app.get('/imports/:id/changes', places, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const found = await listChanges(request.em, file, request.query.after)
    const { joining, already } = file.plan?.different ?? { joining: 0, already: 0 }
    const { shown, ...placed } = pageOf(found, request.query, joining + already)
    return reply.page('imports/changes', { ...importHeading(file), file, found: shown, ...placed }, 'imports/_changes')
  })
}
