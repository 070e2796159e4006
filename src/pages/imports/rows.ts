import { z } from 'zod'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { findImport } from '../../imports/queries.ts'
import { type ImportedRow, listRows, type RowFilter } from '../../imports/rows.ts'
import { idParams } from '../../lib/fields.ts'
import type { App } from '../../web/validation.ts'
import { type PageExtent, pageOf, placeFields } from './page-extent.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/rows': ImportHeading & PageExtent & { file: FileImport; which: RowFilter; found: ImportedRow[] }
  }
}

const config = { role: 'manager' as const }
const which = z.enum(['create', 'add', 'move', 'already', 'update', 'passed', 'noted']).catch('create')
const list = { config, schema: { params: idParams, querystring: placeFields.extend({ which }) } } as const

/** Shows the rows of an import in one of its buckets. */
export async function rowsRoutes(app: App) {
  app.get('/imports/:id/rows', list, async (request, reply) => {
    const file = await findImport(request.em, request.params.id)
    const { which, after } = request.query
    const { shown, ...placed } = pageOf(
      await listRows(request.em, file.id, which, after),
      request.query,
      sizeOf(file, which)
    )
    return reply.page('imports/rows', { ...importHeading(file), file, which, found: shown, ...placed }, 'imports/_rows')
  })
}

function sizeOf({ plan }: FileImport, which: RowFilter): number {
  return (which === 'update' ? plan?.different.already : plan?.[which]) ?? 0
}
