import { randomUUID } from 'node:crypto'
import { stringify } from 'csv-stringify/sync'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { z } from 'zod'
import { NO_GROUP } from '../../db/fixed.ts'
import { listTargets } from '../../groups/targets.ts'
import { findOpenImport, listImports } from '../../imports/queries.ts'
import { LABELS } from '../../imports/reading/headers.ts'
import { template } from '../../imports/reading/template.ts'
import type { FieldErrors } from '../../lib/field-errors.ts'
import { line } from '../../lib/fields.ts'
import { downloadAs } from '../../web/download.ts'
import type { App } from '../../web/validation.ts'
import { takeFile } from '../imports/take-file.ts'
import { retailerOf, signedIn } from '../shared/access.ts'

const config = { role: 'manager' as const }
const showNamed = {
  config,
  schema: { querystring: z.object({ another: z.string().optional(), find: line('The search', 80).catch('') }) }
} as const
const takeNamed = { config: { ...config, isUpload: true } } as const
/** The upload of a file with customers, into the groups that the file names or into one that is chosen here. */
export function importIntoNamedRoutes(app: App): void {
  app.get('/customers/import', showNamed, async (request, reply) => {
    const { another, find } = request.query
    const open = find ? null : await findOpenImport(request.em, NO_GROUP, signedIn(request).id)
    if (open && another === undefined) return reply.seeOther(`/imports/${open.id}`)
    return namedPage(request, reply, { find })
  })

  app.get('/customers/import/sample.csv', { config }, async (request, reply) => {
    const { headers, hints, sample } = template(retailerOf(request).country)
    downloadAs(reply, 'Import customers into groups.csv').type('text/csv; charset=utf-8')
    const rows = [
      [...headers, LABELS.groups],
      [...hints, 'Optional: names with a semicolon between them'],
      [...sample, SAMPLE_GROUPS]
    ]
    return reply.send(stringify(rows, { bom: true, record_delimiter: 'windows' }))
  })

  app.post('/customers/import', takeNamed, async (request, reply) => {
    const taken = await takeFile(request, { id: NO_GROUP, name: '', isList: false })
    if ('error' in taken)
      return namedPage(request, reply.code(422), { errors: { file: taken.error }, updates: taken.updates })
    return reply.seeOther(`/imports/${taken.id}`)
  })
}

const SAMPLE_GROUPS = 'Default; Newsletter'
const MOST_TARGETS = 20

async function namedPage(
  request: FastifyRequest,
  reply: FastifyReply,
  { find = '', errors = {}, updates = false }: { find?: string; errors?: FieldErrors; updates?: boolean }
) {
  const targets = await listTargets(request.em, 'add', find, MOST_TARGETS + 1)
  const page = {
    title: 'Import Customers',
    active: 'customers' as const,
    group: null,
    start: '/customers/import',
    home: '/customers',
    targets: targets.slice(0, MOST_TARGETS),
    find,
    hasMore: targets.length > MOST_TARGETS,
    key: randomUUID(),
    updates,
    errors,
    past: await listImports(request.em, NO_GROUP)
  }
  return reply.page('imports/new', page, 'imports/_new')
}
