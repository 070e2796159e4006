import { z } from 'zod'
import type { FileImport } from '../../imports/file-import.ts'
import { type ImportHeading, importHeading } from '../../imports/heading.ts'
import { countGroups, listGroups, type NamedGroup } from '../../imports/named/groups.ts'
import { findImport } from '../../imports/queries.ts'
import { idParams } from '../../lib/fields.ts'
import { PAGE_SIZE } from '../../lib/paging.ts'
import type { App } from '../../web/validation.ts'
import { after } from './page-extent.ts'

declare module '../../web/view.ts' {
  interface Views {
    'imports/groups': ImportHeading & { file: FileImport; groups: NamedGroup[]; counted: number; skip: number }
  }
}

const config = { role: 'manager' as const }
const list = { config, schema: { params: idParams, querystring: z.object({ skip: after }) } } as const

/** Shows the groups that a file names, and what each of them would get. */
export async function importGroupRoutes(app: App) {
  app.get('/imports/:id/groups', list, async (request, reply) => {
    const { em, query } = request
    const file = await findImport(em, request.params.id)
    const { groups: counted } = await countGroups(em, file.id)
    const groups = await listGroups(em, file.id, query.skip, PAGE_SIZE)
    return reply.page(
      'imports/groups',
      { ...importHeading(file), file, groups, counted, skip: query.skip },
      'imports/_groups_page'
    )
  })
}
